// The only source of this stage that computes on ggml.
#include <fmt/format.h>
#include <ggml-backend.h>
#include <ggml-cpp.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/ggml_assertions.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/sae/dense_product_internal.h"

namespace isogloss {
namespace {

ggml_backend_ptr open_backend(bool use_gpu, std::int32_t n_threads) {
  auto* device = ggml_backend_dev_by_type(use_gpu ? GGML_BACKEND_DEVICE_TYPE_GPU
                                                  : GGML_BACKEND_DEVICE_TYPE_CPU);
  if (device == nullptr && use_gpu)
    device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_IGPU);
  ggml_backend_ptr backend(device == nullptr ? nullptr : ggml_backend_dev_init(device, nullptr));
  if (!backend) {
    throw Error(ErrorCode::kEnvironment,
                use_gpu
                    ? "no GPU can be used: ggml was built without one or its driver is missing; "
                      "run on the CPU"
                    : "ggml offers no CPU backend; build it again with GGML_CPU=ON");
  }
  const auto set_n_threads =
      reinterpret_cast<ggml_backend_set_n_threads_t>(ggml_backend_reg_get_proc_address(
          ggml_backend_dev_backend_reg(device), "ggml_backend_set_n_threads"));
  if (set_n_threads != nullptr) {
    set_n_threads(backend.get(), n_threads > 0 ? n_threads : usable_cores());
  }
  return backend;
}

[[noreturn]] void throw_no_memory(std::string_view what, std::size_t n_bytes) {
  throw Error(ErrorCode::kEnvironment,
              fmt::format("no memory for the SAE's {} ({} MiB); close other programs or take a "
                          "narrower SAE",
                          what, n_bytes >> 20));
}

/// Shapes are checked before ggml sees them, so the only assertions that can fail are those of
/// memory.
[[noreturn]] void throw_assertion(const GgmlAssertion& assertion) {
  throw Error(ErrorCode::kEnvironment,
              fmt::format("no memory for the SAE's encoder ({}); close other programs or take a "
                          "narrower SAE",
                          assertion.what()));
}

/// Calls `work`, of which an assertion of ggml may fail.
template <class Work>
void on_ggml(const Work& work) {
  const AssertionsThrow guard;
  try {
    work();
  } catch (const GgmlAssertion& assertion) {
    throw_assertion(assertion);
  }
}

/// Room for the descriptions of a few tensors and one graph, not for their data.
ggml_context_ptr make_context() {
  const std::size_t size = 8 * ggml_tensor_overhead() + ggml_graph_overhead();
  ggml_context_ptr context(ggml_init({.mem_size = size, .mem_buffer = nullptr, .no_alloc = true}));
  if (!context) throw_no_memory("graph", size);
  return context;
}

/// The encoder's weights as ggml multiplies by them: n_features rows of d_in, float32.
class Weights {
 public:
  /// In the memory of `backend`, which is then not needed any more.
  Weights(const Sae& sae, ggml_backend_t backend) : context_(make_context()) {
    tensor_ = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, sae.d_in, sae.n_features);
    buffer_.reset(ggml_backend_alloc_ctx_tensors(context_.get(), backend));
    if (!buffer_) throw_no_memory("encoder weights", ggml_nbytes(tensor_));
    ggml_backend_buffer_set_usage(buffer_.get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
    upload_transposed(sae);
  }

  ggml_tensor* tensor() const { return tensor_; }

 private:
  /// ggml multiplies rows by rows, so each feature's weights must be contiguous. A few features are
  /// transposed at a time because the matrix is large.
  void upload_transposed(const Sae& sae) {
    constexpr std::size_t kFeaturesPerUpload = 64;
    const auto d_in = static_cast<std::size_t>(sae.d_in);
    const auto n_features = static_cast<std::size_t>(sae.n_features);
    std::vector<float> rows(kFeaturesPerUpload * d_in);
    for (std::size_t first = 0; first < n_features; first += kFeaturesPerUpload) {
      const auto n = std::min(kFeaturesPerUpload, n_features - first);
      for (std::size_t i = 0; i < d_in; ++i) {
        const float* source = sae.w_enc.data() + i * n_features + first;
        for (std::size_t f = 0; f < n; ++f) rows[f * d_in + i] = source[f];
      }
      ggml_backend_tensor_set(tensor_, rows.data(), first * d_in * sizeof(float),
                              n * d_in * sizeof(float));
    }
  }

  ggml_context_ptr context_;
  ggml_backend_buffer_ptr buffer_;
  ggml_tensor* tensor_ = nullptr;
};

/// Rows of x times W_enc, on a ggml backend of its own.
class Product {
 public:
  Product(std::shared_ptr<const Weights> weights, ggml_backend_ptr backend)
      : backend_(std::move(backend)),
        weights_(std::move(weights)),
        graph_memory_(ggml_gallocr_new(ggml_backend_get_default_buffer_type(backend_.get()))) {}

  /// `rows` [n_rows, d_in] to [n_rows, n_features], valid until the next call.
  std::span<const float> operator()(std::span<const float> rows) {
    auto* const weights = weights_->tensor();
    const auto n_rows = static_cast<std::int64_t>(rows.size()) / weights->ne[0];
    const auto context = make_context();
    auto* input = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, weights->ne[0], n_rows);
    ggml_set_input(input);
    auto* output = ggml_mul_mat(context.get(), weights, input);
    ggml_set_output(output);
    auto* graph = ggml_new_graph(context.get());
    ggml_build_forward_expand(graph, output);
    if (!ggml_gallocr_alloc_graph(graph_memory_.get(), graph)) {
      throw_no_memory("activations", ggml_nbytes(input) + ggml_nbytes(output));
    }
    ggml_backend_tensor_set(input, rows.data(), 0, ggml_nbytes(input));
    if (ggml_backend_graph_compute(backend_.get(), graph) != GGML_STATUS_SUCCESS) {
      throw Error(ErrorCode::kEnvironment,
                  fmt::format("the SAE's encoder failed on {}; run again or on the CPU",
                              ggml_backend_name(backend_.get())));
    }
    const auto n_values = static_cast<std::size_t>(ggml_nelements(output));
    if (ggml_backend_buffer_is_host(output->buffer)) {
      return {static_cast<const float*>(output->data), n_values};
    }
    fetched_.resize(n_values);
    ggml_backend_tensor_get(output, fetched_.data(), 0, ggml_nbytes(output));
    return fetched_;
  }

 private:
  ggml_backend_ptr backend_;
  std::shared_ptr<const Weights> weights_;
  ggml_gallocr_ptr graph_memory_;  ///< grows to the largest block and is used again
  std::vector<float> fetched_;     ///< the products, when the backend's memory is not the host's
};

}  // namespace

struct DenseProduct::Impl {
  Impl(std::shared_ptr<const Weights> of_all, bool gpu, std::int32_t n_threads)
      : use_gpu(gpu), weights(std::move(of_all)), product(weights, open_backend(gpu, n_threads)) {}

  bool use_gpu;
  std::shared_ptr<const Weights> weights;
  Product product;
};

DenseProduct::DenseProduct(const Sae& sae, std::int32_t n_threads, bool use_gpu) {
  on_ggml([&] {
    impl_ = std::make_unique<Impl>(std::make_shared<Weights>(sae, open_backend(use_gpu, 1).get()),
                                   use_gpu, n_threads);
  });
}

DenseProduct::DenseProduct(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DenseProduct::~DenseProduct() = default;
DenseProduct::DenseProduct(DenseProduct&&) noexcept = default;
DenseProduct& DenseProduct::operator=(DenseProduct&&) noexcept = default;

DenseProduct DenseProduct::another(std::int32_t n_threads) const {
  std::unique_ptr<Impl> impl;
  on_ggml([&] { impl = std::make_unique<Impl>(impl_->weights, impl_->use_gpu, n_threads); });
  return DenseProduct(std::move(impl));
}

std::span<const float> DenseProduct::operator()(std::span<const float> rows) {
  std::span<const float> products;
  on_ggml([&] { products = impl_->product(rows); });
  return products;
}

std::uint64_t DenseProduct::working_memory() const {
  const auto* const weights = impl_->weights->tensor();
  return kRows * static_cast<std::uint64_t>(2 * weights->ne[0] + weights->ne[1]) * sizeof(float);
}

}  // namespace isogloss

// The only source of this stage that sees ggml.
#include "isogloss/sae/encode.h"

#include <fmt/format.h>
#include <ggml-backend.h>
#include <ggml-cpp.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/ggml_assertions.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/sae/activation_internal.h"
#include "isogloss/sae/row_norm_internal.h"

namespace isogloss {
namespace {

/// Rows per matrix product: enough that every weight is used many times while it is in the cache,
/// and few enough that the dense products stay small (4 MiB for 16,384 features).
constexpr std::size_t kRowsPerBlock = 64;

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

/// Room for the descriptions of a few tensors and one graph, not for their data.
ggml_context_ptr make_context() {
  const std::size_t size = 8 * ggml_tensor_overhead() + ggml_graph_overhead();
  ggml_context_ptr context(ggml_init({.mem_size = size, .mem_buffer = nullptr, .no_alloc = true}));
  if (!context) throw_no_memory("graph", size);
  return context;
}

/// Rows of x times W_enc, on a ggml backend.
class Product {
 public:
  Product(const Sae& sae, std::int32_t n_threads, bool use_gpu)
      : backend_(open_backend(use_gpu, n_threads)),
        weights_context_(make_context()),
        graph_memory_(ggml_gallocr_new(ggml_backend_get_default_buffer_type(backend_.get()))) {
    weights_ = ggml_new_tensor_2d(weights_context_.get(), GGML_TYPE_F32, sae.d_in, sae.n_features);
    weights_buffer_.reset(ggml_backend_alloc_ctx_tensors(weights_context_.get(), backend_.get()));
    if (!weights_buffer_) throw_no_memory("encoder weights", ggml_nbytes(weights_));
    ggml_backend_buffer_set_usage(weights_buffer_.get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
    upload_transposed(sae);
  }

  /// `rows` [n_rows, d_in] to [n_rows, n_features], valid until the next call.
  std::span<const float> operator()(std::span<const float> rows) {
    const auto n_rows = static_cast<std::int64_t>(rows.size()) / weights_->ne[0];
    const auto context = make_context();
    auto* input = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, weights_->ne[0], n_rows);
    ggml_set_input(input);
    auto* output = ggml_mul_mat(context.get(), weights_, input);
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
      ggml_backend_tensor_set(weights_, rows.data(), first * d_in * sizeof(float),
                              n * d_in * sizeof(float));
    }
  }

  ggml_backend_ptr backend_;
  ggml_context_ptr weights_context_;
  ggml_backend_buffer_ptr weights_buffer_;
  ggml_tensor* weights_ = nullptr;  ///< n_features rows of d_in, float32
  ggml_gallocr_ptr graph_memory_;   ///< grows to the largest block and is used again
  std::vector<float> fetched_;      ///< the products, when the backend's memory is not the host's
};

}  // namespace

struct Encoder::Impl {
  Impl(const Sae& sae, std::int32_t n_threads, bool use_gpu)
      : d_in(sae.d_in),
        normalization(sae.normalization),
        product(sae, n_threads, use_gpu),
        activation(sae) {
    if (sae.apply_b_dec_to_input) input_bias = sae.b_dec;
  }

  /// Writes row `row` of x, normalised and with the bias subtracted, to `out` [d_in].
  void prepare(std::span<const float> x, std::int64_t row, std::span<float> out) const {
    const auto width = static_cast<std::size_t>(d_in);
    const auto source = x.subspan(static_cast<std::size_t>(row) * width, width);
    const auto norm = measure_row(normalization, source, row);
    for (std::size_t i = 0; i < width; ++i) {
      out[i] = static_cast<float>((source[i] - norm.shift) / norm.divide);
    }
    for (std::size_t i = 0; i < input_bias.size(); ++i) out[i] -= input_bias[i];
  }

  std::span<const float> products(std::span<const float> rows) {
    try {
      return product(rows);
    } catch (const GgmlAssertion& assertion) {
      throw_assertion(assertion);
    }
  }

  std::int32_t d_in;
  SaeNormalization normalization;
  std::vector<float> input_bias;  ///< [d_in], or empty when nothing is subtracted
  Product product;
  ActivationFunction activation;
};

Encoder::Encoder(const Sae& sae, std::int32_t n_threads, bool use_gpu) {
  const AssertionsThrow guard;
  try {
    impl_ = std::make_unique<Impl>(sae, n_threads, use_gpu);
  } catch (const GgmlAssertion& assertion) {
    throw_assertion(assertion);
  }
}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;

SparseRows Encoder::encode(std::span<const float> x) {
  const auto n_rows = static_cast<std::size_t>(count_rows(x, impl_->d_in));
  const auto width = static_cast<std::size_t>(impl_->d_in);
  std::vector<float> block(std::min(n_rows, kRowsPerBlock) * width);
  SparseRows result;
  const AssertionsThrow guard;
  for (std::size_t first = 0; first < n_rows; first += kRowsPerBlock) {
    const auto n = std::min(kRowsPerBlock, n_rows - first);
    for (std::size_t r = 0; r < n; ++r) {
      impl_->prepare(x, static_cast<std::int64_t>(first + r),
                     std::span(block).subspan(r * width, width));
    }
    const auto products = impl_->products(std::span(block).first(n * width));
    const auto n_features = products.size() / n;
    for (std::size_t r = 0; r < n; ++r) {
      impl_->activation.append(products.subspan(r * n_features, n_features),
                               static_cast<std::int64_t>(first + r), result);
    }
  }
  return result;
}

}  // namespace isogloss

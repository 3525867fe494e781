#include "isogloss/sae/encode.h"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <variant>

#include "isogloss/core/usable_cores.h"
#include "isogloss/sae/activation_internal.h"
#include "isogloss/sae/dense_product_internal.h"
#include "isogloss/sae/row_norm_internal.h"
#include "isogloss/sae/screen_internal.h"

namespace isogloss {
namespace {

/// What happens to a row before it meets the weights.
class Preparation {
 public:
  explicit Preparation(const Sae& sae)
      : d_in_(static_cast<std::size_t>(sae.d_in)), normalization_(sae.normalization) {
    if (sae.apply_b_dec_to_input) bias_ = sae.b_dec;
  }

  std::size_t d_in() const { return d_in_; }

  /// Rows `first` to `first` + n of x, to rows that are `stride` apart. `out` holds zeros beyond
  /// the width.
  void operator()(std::span<const float> x, std::size_t first, std::size_t n, std::size_t stride,
                  std::span<float> out) const {
    for (std::size_t r = 0; r < n; ++r) {
      prepare(x.subspan((first + r) * d_in_, d_in_), static_cast<std::int64_t>(first + r),
              out.subspan(r * stride, d_in_));
    }
  }

 private:
  void prepare(std::span<const float> source, std::int64_t row, std::span<float> out) const {
    const auto norm = measure_row(normalization_, source, row);
    for (std::size_t i = 0; i < d_in_; ++i) {
      out[i] = static_cast<float>((source[i] - norm.shift) / norm.divide);
    }
    for (std::size_t i = 0; i < bias_.size(); ++i) out[i] -= bias_[i];
  }

  std::size_t d_in_;
  SaeNormalization normalization_;
  std::vector<float> bias_;  ///< [d_in], or empty when nothing is subtracted
};

/// All products, on ggml.
class DenseEncoder {
 public:
  DenseEncoder(const Preparation& prepare, ActivationFunction activation, DenseProduct product)
      : prepare_(prepare), activation_(std::move(activation)), product_(std::move(product)) {}

  DenseEncoder another(std::int32_t n_threads) const {
    return {prepare_, activation_, product_.another(n_threads)};
  }

  std::uint64_t working_memory() const { return product_.working_memory(); }

  SparseRows encode(std::span<const float> x, std::size_t n_rows) {
    std::vector<float> block(DenseProduct::kRows * prepare_.d_in());
    SparseRows result;
    for (std::size_t first = 0; first < n_rows; first += DenseProduct::kRows) {
      const auto n = std::min(DenseProduct::kRows, n_rows - first);
      prepare_(x, first, n, prepare_.d_in(), block);
      const auto products = product_(block);
      const auto n_features = products.size() / DenseProduct::kRows;
      for (std::size_t r = 0; r < n; ++r) {
        activation_.append_dense(products.subspan(r * n_features, n_features),
                                 static_cast<std::int64_t>(first + r), result);
      }
    }
    return result;
  }

 private:
  Preparation prepare_;
  ActivationFunction activation_;
  DenseProduct product_;
};

void append(const SparseRows& rows, SparseRows& out) {
  const auto before = static_cast<std::int64_t>(out.features.size());
  for (std::size_t r = 1; r < rows.offsets.size(); ++r) {
    out.offsets.push_back(before + rows.offsets[r]);
  }
  out.features.insert(out.features.end(), rows.features.begin(), rows.features.end());
  out.values.insert(out.values.end(), rows.values.begin(), rows.values.end());
}

/// Only the products of features that may fire, on kernels of ours.
class ScreenedEncoder {
 public:
  ScreenedEncoder(const Preparation& prepare, const ActivationFunction& activation,
                  std::shared_ptr<const ScreenedWeights> weights, std::int32_t n_threads)
      : prepare_(prepare),
        activation_(activation),
        weights_(std::move(weights)),
        n_threads_(n_threads > 0 ? n_threads : usable_cores()) {}

  ScreenedEncoder another(std::int32_t n_threads) const {
    return {prepare_, activation_, weights_, n_threads};
  }

  std::uint64_t working_memory() const {
    return static_cast<std::uint64_t>(n_threads_) * Screen(weights_).working_memory();
  }

  SparseRows encode(std::span<const float> x, std::size_t n_rows) {
    const auto n_blocks = (n_rows + Screen::kRows - 1) / Screen::kRows;
    std::vector<SparseRows> blocks(n_blocks);
    tbb::task_arena arena(n_threads_);
    arena.execute([&] {
      tbb::enumerable_thread_specific<Worker> workers([&] {
        return Worker{Screen(weights_), activation_, weights_->stride()};
      });
      tbb::parallel_for(std::size_t{0}, n_blocks, [&](std::size_t b) {
        const auto first = b * Screen::kRows;
        encode_block(x, first, std::min(Screen::kRows, n_rows - first), workers.local(), blocks[b]);
      });
    });
    SparseRows result;
    for (const auto& block : blocks) append(block, result);
    return result;
  }

 private:
  struct Worker {
    Worker(Screen of_thread, const ActivationFunction& function, std::size_t stride)
        : screen(std::move(of_thread)), activation(function), rows(Screen::kRows * stride) {}

    Screen screen;
    ActivationFunction activation;
    std::vector<float> rows;
  };

  void encode_block(std::span<const float> x, std::size_t first, std::size_t n, Worker& worker,
                    SparseRows& out) const {
    const auto stride = weights_->stride();
    prepare_(x, first, n, stride, worker.rows);
    worker.screen.look_at(std::span(worker.rows).first(n * stride));
    for (std::size_t r = 0; r < n; ++r) {
      worker.activation.append(worker.screen.candidates(r), static_cast<std::int64_t>(first + r),
                               out);
    }
  }

  Preparation prepare_;
  ActivationFunction activation_;
  std::shared_ptr<const ScreenedWeights> weights_;
  std::int32_t n_threads_;
};

}  // namespace

struct Encoder::Impl {
  template <class Made>
  Impl(std::int32_t width, Made made) : d_in(width), encoder(std::move(made)) {}

  std::int32_t d_in;
  std::variant<DenseEncoder, ScreenedEncoder> encoder;
};

Encoder::Encoder(const Sae& sae, std::int32_t n_threads, bool use_gpu) {
  const Preparation prepare(sae);
  const ActivationFunction activation(sae);
  if (!use_gpu && ScreenedWeights::suit(sae)) {
    auto weights = std::make_shared<const ScreenedWeights>(sae);
    impl_ = std::make_unique<Impl>(
        sae.d_in, ScreenedEncoder(prepare, activation, std::move(weights), n_threads));
  } else {
    impl_ = std::make_unique<Impl>(
        sae.d_in, DenseEncoder(prepare, activation, DenseProduct(sae, n_threads, use_gpu)));
  }
}

Encoder::Encoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

Encoder Encoder::another(std::int32_t n_threads) const {
  return std::visit(
      [&](const auto& encoder) {
        return Encoder(std::make_unique<Impl>(impl_->d_in, encoder.another(n_threads)));
      },
      impl_->encoder);
}

std::uint64_t Encoder::working_memory() const {
  return std::visit([](const auto& encoder) { return encoder.working_memory(); }, impl_->encoder);
}

SparseRows Encoder::encode(std::span<const float> x) {
  const auto n_rows = static_cast<std::size_t>(count_rows(x, impl_->d_in));
  return std::visit([&](auto& encoder) { return encoder.encode(x, n_rows); }, impl_->encoder);
}

}  // namespace isogloss

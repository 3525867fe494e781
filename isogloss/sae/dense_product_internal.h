// Rows of x times W_enc, all of them, on ggml: for GPUs, and where no kernel of ours suits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "isogloss/sae/sae.h"

namespace isogloss {

/// The encoder's weights in the memory of a ggml backend, and products with them. Not thread-safe.
class DenseProduct {
 public:
  /// Rows a product: enough that every weight is used many times while it is in the cache, and few
  /// enough that the products stay small (4 MiB for 16,384 features).
  static constexpr std::size_t kRows = 64;

  DenseProduct(const Sae& sae, std::int32_t n_threads, bool use_gpu);
  ~DenseProduct();
  DenseProduct(DenseProduct&&) noexcept;
  DenseProduct& operator=(DenseProduct&&) noexcept;

  /// Another over the same weights.
  DenseProduct another(std::int32_t n_threads) const;

  /// `rows` [kRows, d_in] to [kRows, n_features], valid until the next call. ggml adds up in
  /// another order where there are few rows, so every call is for as many.
  std::span<const float> operator()(std::span<const float> rows);

  /// What a call takes of memory beside the weights, in bytes.
  std::uint64_t working_memory() const;

 private:
  struct Impl;
  explicit DenseProduct(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace isogloss

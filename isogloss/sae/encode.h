// From residual-stream rows to sparse feature activations.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "isogloss/sae/sae.h"

namespace isogloss {

/// Sparse rows (CSR): row r holds features[offsets[r] … offsets[r+1]), ascending, values > 0.
struct SparseRows {
  std::vector<std::int64_t> offsets{0};  ///< [n_rows + 1]
  std::vector<std::int32_t> features;
  std::vector<float> values;

  std::int64_t n_rows() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
};

/// Encodes in blocks as matrix products on ggml. Keeps its own copy of the encoder's weights (the
/// Sae may go). encode() is for one thread at a time, and uses `n_threads` threads itself (0:
/// usable_cores()). Equal rows give equal bits, independently of the rows beside them.
class Encoder {
 public:
  Encoder(const Sae& sae, std::int32_t n_threads, bool use_gpu);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  /// x is row-major [n_rows, d_in]. Throws Error(kBadInput) on NaN or infinite input.
  SparseRows encode(std::span<const float> x);

  /// An encoder over the same weights, for another thread.
  Encoder another(std::int32_t n_threads) const;
  /// What encode() takes of memory beside the weights and its result, in bytes.
  std::uint64_t working_memory() const;

 private:
  struct Shared;
  struct Impl;
  explicit Encoder(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

/// The formula as written, one row at a time in double precision: the oracle of Encoder's tests.
SparseRows encode_reference(const Sae& sae, std::span<const float> x);

/// Reconstructions [n_rows, d_out] in the space of what is predicted. `x` gives the norms to undo
/// and what a skip connection carries.
std::vector<float> decode(const Sae& sae, const SparseRows& activations, std::span<const float> x);

}  // namespace isogloss

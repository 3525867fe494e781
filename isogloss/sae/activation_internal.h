// From the dense products of one row to the few features that fire.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/sae/encode.h"

namespace isogloss {

/// The encoder's bias and activation function. Keeps copies of what it needs of the Sae; not
/// thread-safe (it keeps scratch space).
class ActivationFunction {
 public:
  explicit ActivationFunction(const Sae& sae);

  /// `products` [n_features] is a prepared input row times W_enc; appends one row to `out`. Throws
  /// Error(kBadInput) naming `row` when a pre-activation that would fire is infinite or NaN.
  void append(std::span<const float> products, std::int64_t row, SparseRows& out);

 private:
  void append_above_cutoff(std::span<const float> products, std::int64_t row,
                           SparseRows& out) const;
  void append_top_k(std::span<const float> products, std::int64_t row, SparseRows& out);
  void append_group_max(std::span<const float> products, std::int64_t row, SparseRows& out) const;
  void append_gated(std::span<const float> products, std::int64_t row, SparseRows& out) const;

  SaeActivation activation_;
  std::int32_t k_;            ///< of TopK and GroupMax
  std::vector<float> b_enc_;  ///< [n_features]
  std::vector<float>
      cutoff_;  ///< [n_features]; a feature fires strictly above it. For ReLU and JumpReLU
  std::vector<float> gate_bias_;   ///< [n_features], Gated
  std::vector<float> gain_;        ///< [n_features], Gated
  std::vector<float> rescaling_;   ///< [n_features] or empty: rescaling_norms
  std::vector<float> values_;      ///< TopK: the row's pre-activations
  std::vector<float> candidates_;  ///< TopK: the positive ones, in any order
};

}  // namespace isogloss

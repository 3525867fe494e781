// From the products of one row to the few features that fire.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/sae/encode.h"

namespace isogloss {

/// A feature and the product of its encoder weights with a prepared row.
struct Candidate {
  std::int32_t feature;
  float product;
};

/// The encoder's bias and activation function. Keeps copies of what it needs of the Sae; not
/// thread-safe (it keeps scratch space).
class ActivationFunction {
 public:
  explicit ActivationFunction(const Sae& sae);

  /// Chooses among `candidates`, ascending, which hold all features that fire: appends one row to
  /// `out`. Throws Error(kBadInput) naming `row` when a pre-activation that would fire is infinite
  /// or NaN.
  void append(std::span<const Candidate> candidates, std::int64_t row, SparseRows& out);

  /// The same from the products of all features [n_features].
  void append_dense(std::span<const float> products, std::int64_t row, SparseRows& out);

 private:
  float pre_activation(const Candidate& candidate) const;
  bool fires(const Candidate& candidate) const;
  void append_top_k(std::span<const Candidate> candidates, std::int64_t row, SparseRows& out);
  void find_firing(std::span<const float> products);
  void find_largest_of_groups(std::span<const float> products);

  SaeActivation activation_;
  std::int32_t k_;                ///< of TopK and GroupMax
  std::vector<float> b_enc_;      ///< [n_features]
  std::vector<float> cutoff_;     ///< [n_features]; a feature fires strictly above it
  std::vector<float> gate_bias_;  ///< [n_features], Gated
  std::vector<float> gain_;       ///< [n_features], Gated
  std::vector<float> rescaling_;  ///< [n_features] or empty: rescaling_norms
  std::vector<float> positive_;   ///< TopK: the positive pre-activations of a row, in any order
  std::vector<Candidate> candidates_;  ///< of append_dense()
};

}  // namespace isogloss

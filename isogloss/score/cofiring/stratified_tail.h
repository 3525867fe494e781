// The exact test of co-firing when sentences are permuted within strata.
#pragma once

#include <cstdint>
#include <span>

namespace isogloss {

/// One stratum under the null: how many of its `n` rows fire in each language.
struct StratumCounts {
  std::int64_t n = 0;
  std::int64_t fires_a = 0;
  std::int64_t fires_b = 0;
};

/// P(X >= cofire) when rows are permuted within strata only: X is a sum of independent
/// hypergeometric variables, and its distribution is their convolution. Strata in which a side is
/// silent may be left out. Relative error below 1e-9, in practice 1e-12, wherever the tail is a
/// normal float64 (stratified_tail.cpp says why); 0 where it is below the smallest; 1 when cofire
/// is 0. Costs at worst O(k·σ²) for k strata, with σ the standard deviation of X. Thread-safe.
double stratified_hypergeometric_tail(std::int64_t cofire, std::span<const StratumCounts> strata);

}  // namespace isogloss

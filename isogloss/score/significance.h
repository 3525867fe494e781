// Exact tests of co-firing and the correction for asking of every feature.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/store/scoring_options.h"

namespace isogloss {

/// P(X >= cofire) for X hypergeometric: the rows that fire both, when `fires_a` and `fires_b` of
/// `n` rows fire and all pairings are equally likely. Relative error below 1e-12 up to n = 100,000;
/// 0 where the tail is below the smallest float64; 1 when cofire is 0.
/// 0 <= fires_a, fires_b <= n < 2^31.
double hypergeometric_tail(std::int64_t cofire, std::int64_t fires_a, std::int64_t fires_b,
                           std::int64_t n);

/// One stratum of the null: so many of its `n` rows fire in each language.
struct StratumCounts {
  std::int64_t n = 0;
  std::int64_t fires_a = 0;
  std::int64_t fires_b = 0;
};

/// P(X >= cofire) when rows are re-paired within strata only: X is a sum of independent
/// hypergeometric variables, its distribution their convolution. Strata in which a side is silent
/// may be left out. Relative error below 1e-9, in practice 1e-12, wherever the tail is a normal
/// float64 (stratified_tail.cpp says why); 0 where it is below the smallest; 1 when cofire is 0.
/// For k strata whose null has standard deviation σ together, O(k·σ²) at worst. Thread-safe.
double stratified_hypergeometric_tail(std::int64_t cofire, std::span<const StratumCounts> strata);

/// Benjamini–Hochberg adjusted p-values (Benjamini & Hochberg 1995): q_(i) = min_{j>=i} m·p_(j)/j,
/// at most 1, over the m entries that are present.
std::vector<std::optional<double>> benjamini_hochberg(
    std::span<const std::optional<double>> p_values);

/// Benjamini–Yekutieli adjusted p-values (Benjamini & Yekutieli 2001, theorem 1.3): those of
/// Benjamini–Hochberg times Σ_{i<=m} 1/i before the bound at 1, valid under any dependence.
std::vector<std::optional<double>> benjamini_yekutieli(
    std::span<const std::optional<double>> p_values);

/// By either.
std::vector<std::optional<double>> adjusted_p_values(
    std::span<const std::optional<double>> p_values, FdrProcedure procedure);

}  // namespace isogloss

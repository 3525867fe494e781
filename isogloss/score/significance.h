// Exact tests of co-firing and the correction for asking of every feature.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isogloss {

/// P(X >= cofire) for X hypergeometric: the rows that fire both, when `fires_a` and `fires_b` of
/// `n` rows fire and all pairings are equally likely. Relative error below 1e-12 up to n = 100,000;
/// 0 where the tail is below the smallest float64; 1 when cofire is 0.
/// 0 <= fires_a, fires_b <= n < 2^31.
double hypergeometric_tail(std::int64_t cofire, std::int64_t fires_a, std::int64_t fires_b,
                           std::int64_t n);

/// Benjamini–Hochberg adjusted p-values (Benjamini & Hochberg 1995): q_(i) = min_{j>=i} m·p_(j)/j,
/// at most 1, over the m entries that are present.
std::vector<std::optional<double>> benjamini_hochberg(
    std::span<const std::optional<double>> p_values);

}  // namespace isogloss

// The hypergeometric distribution by ratios of neighbouring terms: no factorial, no cancellation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace isogloss {

/// The law of how many of `n` rows fire both sides, when `fires_a` of them fire one and `fires_b`
/// the other.
struct Hypergeometric {
  std::int64_t fires_a;
  std::int64_t fires_b;
  std::int64_t n;

  std::int64_t lowest() const { return std::max<std::int64_t>(0, fires_a + fires_b - n); }
  std::int64_t highest() const { return std::min(fires_a, fires_b); }
  std::int64_t mode() const {
    return std::clamp((fires_a + 1) * (fires_b + 1) / (n + 2), lowest(), highest());
  }

  /// P(X = x + 1)/P(X = x)
  double ratio_up(std::int64_t x) const {
    return static_cast<double>(fires_a - x) * static_cast<double>(fires_b - x) /
           (static_cast<double>(x + 1) * static_cast<double>(n - fires_a - fires_b + x + 1));
  }

  /// Sum of the terms first, first ± 1, … last, where the term at `first` is `term`. From `first`
  /// on the terms fall, so the sum may stop at negligible ones: their ratios fall too, so a
  /// geometric series bounds the rest.
  double sum_falling(std::int64_t first, std::int64_t last, double term) const {
    constexpr double kNegligible = std::numeric_limits<double>::epsilon() / 16;
    const std::int64_t step = first <= last ? 1 : -1;
    double sum = term;
    for (auto x = first; x != last; x += step) {
      const double ratio = step > 0 ? ratio_up(x) : 1 / ratio_up(x - 1);
      term *= ratio;
      sum += term;
      if (term <= sum * kNegligible * (1 - ratio)) break;
    }
    return sum;
  }

  /// Sum of all terms in units of the one at the mode.
  double whole() const {
    return sum_falling(mode(), lowest(), 1) - 1 + sum_falling(mode(), highest(), 1);
  }
};

/// P(X >= cofire) for X hypergeometric: the number of rows that fire both sides, when `fires_a` of
/// `n` rows fire one, `fires_b` the other, and all pairings are equally likely. Relative error
/// below 1e-12 up to n = 100,000; 0 where the tail is below the smallest float64; 1 when cofire is
/// 0.
/// 0 <= fires_a, fires_b <= n < 2^31.
double hypergeometric_tail(std::int64_t cofire, std::int64_t fires_a, std::int64_t fires_b,
                           std::int64_t n);

}  // namespace isogloss

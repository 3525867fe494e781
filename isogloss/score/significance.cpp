#include "isogloss/score/significance.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace isogloss {
namespace {

/// The hypergeometric distribution up to a constant: neighbouring terms have a simple ratio.
struct Terms {
  double fires_a;
  double fires_b;
  double n;

  /// P(X = x + 1)/P(X = x)
  double ratio_up(double x) const {
    return (fires_a - x) * (fires_b - x) / ((x + 1) * (n - fires_a - fires_b + x + 1));
  }
};

/// Sum of the terms first, first ± 1, … last, where the term at `first` is `term`. `first` lies on
/// the side of the mode from which terms fall, so that the sum may stop at negligible ones: the
/// ratios fall too, which bounds what is left by a geometric series.
double sum_falling(const Terms& terms, std::int64_t first, std::int64_t last, double term) {
  constexpr double kNegligible = std::numeric_limits<double>::epsilon() / 16;
  const std::int64_t step = first <= last ? 1 : -1;
  double sum = term;
  for (auto x = first; x != last; x += step) {
    const auto from = static_cast<double>(x);
    const double ratio = step > 0 ? terms.ratio_up(from) : 1 / terms.ratio_up(from - 1);
    term *= ratio;
    sum += term;
    if (term <= sum * kNegligible * (1 - ratio)) break;
  }
  return sum;
}

}  // namespace

// Boost.Math's cdf gives the same to the last bits but takes its terms from the prime factors of
// n!: 0.1 ms a call at n = 500 and 10 ms at 100,000, for 16,384 features a minute and more.
// Dividing the tail by the whole, both counted in units of the largest term, needs no factorial at
// all.
double hypergeometric_tail(std::int64_t cofire, std::int64_t fires_a, std::int64_t fires_b,
                           std::int64_t n) {
  const auto lowest = std::max<std::int64_t>(0, fires_a + fires_b - n);
  const auto highest = std::min(fires_a, fires_b);
  if (cofire <= lowest) return 1;
  if (cofire > highest) return 0;
  const Terms terms{static_cast<double>(fires_a), static_cast<double>(fires_b),
                    static_cast<double>(n)};
  const auto mode = std::clamp((fires_a + 1) * (fires_b + 1) / (n + 2), lowest, highest);
  const double below_mode = sum_falling(terms, mode, lowest, 1) - 1;
  const double from_mode = sum_falling(terms, mode, highest, 1);
  const double whole = below_mode + from_mode;
  if (cofire > mode) {
    double term = 1;
    for (auto x = mode; x < cofire; ++x) term *= terms.ratio_up(static_cast<double>(x));
    return sum_falling(terms, cofire, highest, term) / whole;
  }
  double tail = from_mode;
  double term = 1;
  for (auto x = mode; x > cofire; --x) {
    term /= terms.ratio_up(static_cast<double>(x - 1));
    tail += term;
  }
  return std::min(tail / whole, 1.0);
}

std::vector<std::optional<double>> benjamini_hochberg(
    std::span<const std::optional<double>> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return *p_values[a] < *p_values[b]; });
  std::vector<std::optional<double>> adjusted(p_values.size());
  const auto m = static_cast<double>(order.size());
  double smallest = 1;
  for (auto rank = order.size(); rank > 0; --rank) {
    const auto i = order[rank - 1];
    smallest = std::min(smallest, *p_values[i] * m / static_cast<double>(rank));
    adjusted[i] = smallest;
  }
  return adjusted;
}

}  // namespace isogloss

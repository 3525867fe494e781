#include "isogloss/score/significance.h"

#include <algorithm>

#include "isogloss/score/hypergeometric_internal.h"

namespace isogloss {

// Boost.Math's cdf gives the same to the last bits but takes its terms from the prime factors of
// n!: 0.1 ms a call at n = 500 and 10 ms at 100,000, for 16,384 features a minute and more.
// Dividing the tail by the whole, both counted in units of the largest term, needs no factorial at
// all.
double hypergeometric_tail(std::int64_t cofire, std::int64_t fires_a, std::int64_t fires_b,
                           std::int64_t n) {
  const Hypergeometric terms{fires_a, fires_b, n};
  if (cofire <= terms.lowest()) return 1;
  if (cofire > terms.highest()) return 0;
  const auto mode = terms.mode();
  const double below_mode = terms.sum_falling(mode, terms.lowest(), 1) - 1;
  const double from_mode = terms.sum_falling(mode, terms.highest(), 1);
  const double whole = below_mode + from_mode;
  if (cofire > mode) {
    double term = 1;
    for (auto x = mode; x < cofire; ++x) term *= terms.ratio_up(x);
    return terms.sum_falling(cofire, terms.highest(), term) / whole;
  }
  double tail = from_mode;
  double term = 1;
  for (auto x = mode; x > cofire; --x) {
    term /= terms.ratio_up(x - 1);
    tail += term;
  }
  return std::min(tail / whole, 1.0);
}

namespace {

/// q_(i) = min_{j>=i} m·factor(m)·p_(j)/j, at most 1.
template <class Factor>
std::vector<std::optional<double>> step_up(std::span<const std::optional<double>> p_values,
                                           const Factor& factor) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (p_values[i]) order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return *p_values[a] < *p_values[b]; });
  std::vector<std::optional<double>> adjusted(p_values.size());
  const auto m = static_cast<double>(order.size()) * factor(order.size());
  double smallest = 1;
  for (auto rank = order.size(); rank > 0; --rank) {
    const auto i = order[rank - 1];
    smallest = std::min(smallest, *p_values[i] * m / static_cast<double>(rank));
    adjusted[i] = smallest;
  }
  return adjusted;
}

double harmonic_number(std::size_t m) {
  double sum = 0;
  for (auto i = m; i > 0; --i) sum += 1 / static_cast<double>(i);
  return sum;
}

}  // namespace

std::vector<std::optional<double>> benjamini_hochberg(
    std::span<const std::optional<double>> p_values) {
  return step_up(p_values, [](std::size_t) { return 1.0; });
}

std::vector<std::optional<double>> benjamini_yekutieli(
    std::span<const std::optional<double>> p_values) {
  return step_up(p_values, harmonic_number);
}

std::vector<std::optional<double>> adjusted_p_values(
    std::span<const std::optional<double>> p_values, FdrProcedure procedure) {
  return procedure == FdrProcedure::kBenjaminiYekutieli ? benjamini_yekutieli(p_values)
                                                        : benjamini_hochberg(p_values);
}

}  // namespace isogloss

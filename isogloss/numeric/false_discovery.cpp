#include "isogloss/numeric/false_discovery.h"

#include <algorithm>

namespace isogloss {
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

double step_up_threshold(std::span<const double> p_values, double level) {
  std::vector<double> sorted(p_values.begin(), p_values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto m = static_cast<double>(sorted.size());
  for (auto i = sorted.size(); i > 0; --i) {
    if (sorted[i - 1] <= level * static_cast<double>(i) / m) return sorted[i - 1];
  }
  return -1;
}

}  // namespace isogloss

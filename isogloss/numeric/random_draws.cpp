#include "isogloss/numeric/random_draws.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace isogloss {

double random_normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

std::vector<std::int32_t> random_permutation(std::int32_t n, Random& random) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t last = order.size(); last > 1; --last) {
    std::swap(order[last - 1], order[random.below(static_cast<std::uint32_t>(last))]);
  }
  return order;
}

std::vector<std::int32_t> random_subset(std::int32_t n, std::int32_t k, Random& random) {
  auto chosen = random_permutation(n, random);
  chosen.resize(static_cast<std::size_t>(k));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace isogloss

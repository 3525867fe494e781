#include "isogloss/numeric/hypergeometric_draws.h"

#include <algorithm>
#include <numeric>

namespace isogloss {
namespace {

/// Probabilities of lowest, lowest + 1, …, up to a common factor.
struct Weights {
  std::int64_t lowest = 0;
  std::vector<double> of;
};

/// From the mode outwards by the ratio of neighbours, so that no factorial is needed.
Weights hypergeometric_weights(std::int64_t a, std::int64_t b, std::int64_t n) {
  constexpr double kNever = 0x1p-70;
  const auto lowest = std::max<std::int64_t>(0, a + b - n);
  const auto highest = std::min(a, b);
  const auto mode = std::clamp((a + 1) * (b + 1) / (n + 2), lowest, highest);
  const auto ratio_up = [&](std::int64_t x) {  // P(x + 1)/P(x)
    return static_cast<double>(a - x) * static_cast<double>(b - x) /
           (static_cast<double>(x + 1) * static_cast<double>(n - a - b + x + 1));
  };
  Weights weights;
  double term = 1;
  auto x = mode;
  for (; x > lowest && term > kNever; --x) {
    weights.of.push_back(term);
    term /= ratio_up(x - 1);
  }
  weights.of.push_back(term);
  weights.lowest = x;
  std::reverse(weights.of.begin(), weights.of.end());
  term = 1;
  for (x = mode; x < highest && term > kNever; ++x) {
    term *= ratio_up(x);
    weights.of.push_back(term);
  }
  return weights;
}

}  // namespace

std::size_t HypergeometricDraws::add(std::int64_t a, std::int64_t b, std::int64_t n) {
  auto [lowest, weight] = hypergeometric_weights(a, b, n);
  const auto size = weight.size();
  const double mean =
      std::accumulate(weight.begin(), weight.end(), 0.0) / static_cast<double>(size);
  const auto first = slots_.size();
  std::vector<std::uint32_t> poor;  // weight below the mean, to be filled up by a rich one
  std::vector<std::uint32_t> rich;
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto value = static_cast<std::uint32_t>(lowest) + i;
    slots_.push_back({UINT64_MAX, value, value});
    weight[i] /= mean;
    (weight[i] < 1 ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const auto i = poor.back();
    const auto donor = rich.back();
    poor.pop_back();
    slots_[first + i].share = static_cast<std::uint64_t>(weight[i] * 0x1p64);
    slots_[first + i].other = static_cast<std::uint32_t>(lowest) + donor;
    weight[donor] -= 1 - weight[i];
    if (weight[donor] < 1) {
      rich.pop_back();
      poor.push_back(donor);
    }
  }
  tables_.push_back({first, static_cast<std::uint32_t>(size)});
  return tables_.size() - 1;
}

}  // namespace isogloss

#include "isogloss/validation/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

namespace isogloss {
namespace {

/// SplitMix64's finaliser (Steele, Lea & Flood 2014): neighbouring numbers become unrelated ones.
std::uint64_t mix(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t stream) : engine_(mix(mix(seed) + stream)) {}

std::uint64_t Random::below(std::uint64_t n) {
  // Rejects the incomplete last round of remainders, so that each is equally likely.
  const std::uint64_t end = std::numeric_limits<std::uint64_t>::max() / n * n;
  std::uint64_t draw = engine_();
  while (draw >= end) draw = engine_();
  return draw % n;
}

double Random::uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

double Random::normal() {
  // Box & Muller (1958), one of the pair.
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

std::vector<std::int32_t> Random::permutation(std::int32_t n) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t last = order.size(); last > 1; --last) {
    std::swap(order[last - 1], order[below(last)]);
  }
  return order;
}

std::vector<std::int32_t> Random::subset(std::int32_t n, std::int32_t k) {
  auto chosen = permutation(n);
  chosen.resize(static_cast<std::size_t>(k));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace isogloss

// Closed forms of the stratified null against sentences permuted at random within strata.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/score/agreement/prepared_column.h"
#include "tests/score/agreement_oracle.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::random_column;
using testing::shares;

constexpr int kDraws = 20'000;
constexpr std::int32_t kRows = 120;

Strata uneven_strata() {
  Strata strata{{}, {10, 20, 30, 60}};
  for (std::size_t g = 0; g < 4; ++g) {
    strata.of_row.insert(strata.of_row.end(), static_cast<std::size_t>(strata.size[g]),
                         static_cast<std::int32_t>(g));
  }
  return strata;
}

/// What one of kDraws random permutations has in common.
struct RePairing {
  double overlap = 0;
  int cofire = 0;
};

/// A feature in two languages that both fire mostly in the last stratum, else independently.
struct Example {
  Strata strata = uneven_strata();
  PairScores pair;
  std::vector<RePairing> drawn;

  explicit Example(double density) {
    std::mt19937 random(8);
    const auto a = column(random, density);
    const auto b = column(random, density / 2);
    const auto maxima = make_maxima({"a", "b"}, kRows, {{a, b}});
    pair = feature_pairs(0, prepare_feature(maxima, 0, strata), strata).at(0);
    const auto p = shares(a);
    auto q = shares(b);
    for (int i = 0; i < kDraws; ++i) {
      auto first = q.begin();
      for (const auto size : strata.size) {
        std::shuffle(first, first + size, random);
        first += size;
      }
      auto& one = drawn.emplace_back();
      for (std::size_t row = 0; row < p.size(); ++row) {
        one.overlap += static_cast<double>(std::min(p[row], q[row]));
        one.cofire += p[row] > 0 && q[row] > 0 ? 1 : 0;
      }
    }
  }

  static DenseColumn column(std::mt19937& random, double density) {
    auto x = random_column(random, kRows, density);
    std::bernoulli_distribution stays(0.2);
    for (std::size_t row = 0; row < 60; ++row) {
      if (!stays(random)) x[row] = 0;
    }
    return x;
  }
};

constexpr double kDensities[] = {0.2, 0.5, 0.9};

TEST(RePairingWithinStrata, MeanOverlapIsTheExpectedOne) {
  for (const double density : kDensities) {
    SCOPED_TRACE(density);
    const Example example(density);
    double sum = 0;
    double squares = 0;
    for (const auto& one : example.drawn) {
      sum += one.overlap;
      squares += one.overlap * one.overlap;
    }
    const double mean = sum / kDraws;
    const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
    EXPECT_NEAR(example.pair.overlap_expected_stratified, mean, 4 * error);
    EXPECT_GT(std::abs(example.pair.overlap_expected - mean), 20 * error)
        << "strata make no difference";
  }
}

TEST(RePairingWithinStrata, ShareThatCoFiresAsOftenIsTheTail) {
  for (const double density : kDensities) {
    SCOPED_TRACE(density);
    const Example example(density);
    const auto n_reach = std::ranges::count_if(
        example.drawn, [&](const RePairing& one) { return one.cofire >= example.pair.cofire; });
    const double p = example.pair.p_cofire_stratified;
    const double error = std::sqrt(p * (1 - p) / kDraws);
    EXPECT_NEAR(static_cast<double>(n_reach) / kDraws, p, 4 * error);
    EXPECT_GT(std::abs(example.pair.p_cofire - p), 20 * error) << "strata make no difference";
    EXPECT_TRUE(p > 0.01 && p < 0.99) << p << " says little";
  }
}

}  // namespace
}  // namespace isogloss

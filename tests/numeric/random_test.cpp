#include "isogloss/numeric/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "isogloss/numeric/hypergeometric.h"
#include "isogloss/numeric/hypergeometric_draws.h"
#include "isogloss/numeric/random_draws.h"

namespace isogloss {
namespace {

TEST(Random, KnownAnswers) {
  std::uint64_t state = 0;  // as published with SplitMix64
  EXPECT_EQ(split_mix(state), 0xe220a8397b1dcdafU);
  EXPECT_EQ(split_mix(state), 0x6e789e6aa1b965f4U);
  EXPECT_EQ(split_mix(state), 0x06c45d188009454fU);
  Random random(std::array<std::uint64_t, 4>{1, 2, 3, 4});  // of xoshiro256++'s reference code
  EXPECT_EQ(random.next(), 41943041U);
  EXPECT_EQ(random.next(), 58720359U);
  EXPECT_EQ(random.next(), 3588806011781223U);
  EXPECT_EQ(random.next(), 3591011842654386U);
  EXPECT_EQ(random.next(), 9228616714210784205U);
}

TEST(Random, EverySeedStreamAndSubstreamIsItsOwn) {
  std::vector<std::uint64_t> first;
  for (const std::uint64_t seed : {0, 1, 7}) {
    for (const std::uint64_t stream : {0, 1, 7}) {
      for (const std::uint64_t substream : {0, 1, 7}) {
        first.push_back(Random(seed, stream, substream).next());
        EXPECT_EQ(Random(seed, stream, substream).next(), first.back());
      }
    }
  }
  std::sort(first.begin(), first.end());
  EXPECT_EQ(std::unique(first.begin(), first.end()), first.end());
}

/// Σ (observed − expected)²/expected, over cells with expected counts.
double chi_square(const std::vector<double>& observed, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    sum += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  }
  return sum;
}

/// Six standard deviations above the mean of a chi-square variable.
double far_above(std::size_t n_cells) {
  const auto freedom = static_cast<double>(n_cells - 1);
  return freedom + 6 * std::sqrt(2 * freedom);
}

TEST(Random, BelowIsUniformAloneAndInPairs) {
  Random random(3);
  constexpr int kDraws = 200000;
  std::vector<double> alone(7);
  std::vector<double> pairs(5 * 3);
  for (int i = 0; i < kDraws; ++i) {
    ++alone.at(random.below(7));
    const auto [a, b] = random.below(5, 3);
    ++pairs.at(a * 3 + b);
  }
  EXPECT_LT(chi_square(alone, std::vector<double>(7, kDraws / 7.0)), far_above(7));
  EXPECT_LT(chi_square(pairs, std::vector<double>(15, kDraws / 15.0)), far_above(15));
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_EQ(random.below(1, 1), (std::pair<std::uint32_t, std::uint32_t>(0, 0)));
}

TEST(HypergeometricDraws, HaveTheLawTheyShould) {
  struct Law {
    std::int64_t a, b, n;
  };
  const std::vector<Law> laws = {{1, 1, 2},    {3, 4, 10},        {5, 5, 5},       {7, 9, 10},
                                 {2, 90, 100}, {1000, 800, 9000}, {40, 60, 100000}};
  HypergeometricDraws draws;
  for (const auto& law : laws) draws.add(law.a, law.b, law.n);
  Random random(4);
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const auto& [a, b, n] = laws[i];
    constexpr int kDraws = 200000;
    std::vector<double> counts(static_cast<std::size_t>(std::min(a, b)) + 1);
    for (int d = 0; d < kDraws; ++d) ++counts.at(draws.draw(i, random));
    std::vector<double> observed;
    std::vector<double> expected;
    double rest_observed = 0;
    double rest_expected = 0;
    for (std::size_t x = 0; x < counts.size(); ++x) {
      const auto at = static_cast<std::int64_t>(x);
      const double p = hypergeometric_tail(at, a, b, n) - hypergeometric_tail(at + 1, a, b, n);
      if (p * kDraws >= 10) {
        observed.push_back(counts[x]);
        expected.push_back(p * kDraws);
      } else {
        rest_observed += counts[x];
        rest_expected += p * kDraws;
      }
    }
    EXPECT_LT(rest_observed, rest_expected + 6 * std::sqrt(rest_expected + 1)) << i;
    if (expected.size() > 1) {
      EXPECT_LT(chi_square(observed, expected), far_above(expected.size())) << i;
    }
  }
}

TEST(RandomDraws, SubsetsAndPermutationsAreFair) {
  Random random(1, 2);
  std::vector<int> chosen(5), first(5);
  for (int i = 0; i < 20000; ++i) {
    const auto subset = random_subset(5, 2, random);
    ASSERT_TRUE(subset.size() == 2 && subset[0] < subset[1]);
    for (const auto row : subset) ++chosen[static_cast<std::size_t>(row)];
    ++first[static_cast<std::size_t>(random_permutation(5, random).front())];
  }
  // Standard deviations: sqrt(20000·.4·.6) = 69, sqrt(20000·.2·.8) = 57.
  for (const int count : chosen) EXPECT_NEAR(count, 8000, 350);
  for (const int count : first) EXPECT_NEAR(count, 4000, 285);
}

TEST(RandomDraws, NormalHasTheMomentsItShould) {
  Random random(3);
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random_normal(random);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  // Five standard deviations of each mean: 1/√n, √(2/n), √(96/n).
  EXPECT_NEAR(sum / kDraws, 0, 0.016);
  EXPECT_NEAR(squares / kDraws, 1, 0.023);
  EXPECT_NEAR(fourth / kDraws, 3, 0.155);
}

}  // namespace
}  // namespace isogloss

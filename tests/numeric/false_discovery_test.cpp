#include "isogloss/numeric/false_discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>

#include "isogloss/numeric/hypergeometric.h"

namespace isogloss {
namespace {

/// All terms in 50 digits from one end of the support, tail over whole.
double exact_tail(std::int64_t cofire, std::int64_t a, std::int64_t b, std::int64_t n) {
  using Real = boost::multiprecision::cpp_bin_float_50;
  const auto lowest = std::max<std::int64_t>(0, a + b - n);
  const auto highest = std::min(a, b);
  Real term = 1;
  Real whole = 0;
  Real tail = 0;
  for (auto x = lowest; x <= highest; ++x) {
    whole += term;
    if (x >= cofire) tail += term;
    term *= Real(a - x) * Real(b - x);
    term /= Real(x + 1) * Real(n - a - b + x + 1);
  }
  return static_cast<double>(Real(tail / whole));
}

void expect_close(double actual, double expected, double relative, const std::string& where) {
  if (expected < 1e-290) {
    EXPECT_LE(actual, 1e-289) << where;  // below float64's normal numbers only the size can hold
  } else {
    EXPECT_NEAR(actual / expected, 1, relative) << where << " expected " << expected;
  }
}

void check_random_cases(std::int64_t n, int n_cases) {
  std::mt19937_64 random(static_cast<std::uint64_t>(n));
  std::uniform_real_distribution<double> exponent(0, 1);
  const auto pick = [&] {
    return static_cast<std::int64_t>(std::pow(static_cast<double>(n), exponent(random)));
  };
  for (int i = 0; i < n_cases; ++i) {
    const auto a = i % 4 == 0 ? n - pick() : pick();
    const auto b = i % 8 == 0 ? n - pick() : pick();
    const auto lowest = std::max<std::int64_t>(0, a + b - n);
    const auto highest = std::min(a, b);
    const auto mean = static_cast<std::int64_t>(static_cast<double>(a) * static_cast<double>(b) /
                                                static_cast<double>(n));
    for (const auto k : {lowest, lowest + 1, mean - 3, mean, mean + 1, mean + 9, highest}) {
      const auto cofire = std::clamp(k, lowest, highest);
      const auto where = ::testing::PrintToString(std::array{cofire, a, b, n});
      expect_close(hypergeometric_tail(cofire, a, b, n), exact_tail(cofire, a, b, n), 1e-12, where);
    }
  }
}

TEST(HypergeometricTail, EqualsTheExactSum) {
  check_random_cases(12, 100);
  check_random_cases(500, 100);
  check_random_cases(5000, 12);
}

TEST(HypergeometricTail, EqualsTheExactSumOverAHundredThousandSentences) {
  check_random_cases(100000, 2);
  EXPECT_NEAR(hypergeometric_tail(309, 9311, 386, 100000) / exact_tail(309, 9311, 386, 100000), 1,
              1e-12);
}

TEST(HypergeometricTail, EqualsBoost) {
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    const unsigned n = 500;
    const unsigned a = 1 + random() % n;
    const unsigned b = 1 + random() % n;
    const unsigned lowest = a + b > n ? a + b - n : 0;
    const unsigned k = lowest + random() % (std::min(a, b) - lowest + 1);
    if (k == lowest) continue;
    const boost::math::hypergeometric_distribution<double> distribution(a, b, n);
    const double expected = cdf(complement(distribution, static_cast<double>(k - 1)));
    expect_close(hypergeometric_tail(k, a, b, n), expected, 1e-12,
                 ::testing::PrintToString(std::array{k, a, b, n}));
  }
}

TEST(HypergeometricTail, EdgesOfTheSupport) {
  EXPECT_EQ(hypergeometric_tail(0, 3, 4, 10), 1);
  EXPECT_EQ(hypergeometric_tail(0, 0, 4, 10), 1);
  EXPECT_EQ(hypergeometric_tail(1, 0, 4, 10), 0);
  EXPECT_EQ(hypergeometric_tail(7, 8, 9, 10), 1);  // at least 7 must meet
  EXPECT_EQ(hypergeometric_tail(10, 10, 10, 10), 1);
  EXPECT_EQ(hypergeometric_tail(1, 1, 1, 1), 1);
  EXPECT_DOUBLE_EQ(hypergeometric_tail(1, 1, 1, 30), 1.0 / 30);
  EXPECT_DOUBLE_EQ(hypergeometric_tail(2, 2, 2, 5), 0.1);  // 1/C(5,2)
}

TEST(HypergeometricTail, UnderflowsToZeroNotToNan) {
  EXPECT_EQ(hypergeometric_tail(20000, 20000, 20000, 1000000), 0);
}

TEST(BenjaminiHochberg, HandComputed) {
  // m = 4 present: sorted .01 .02 .03 .5 → 4·p/j = .04 .04 .04 .5, running minimum from the end.
  const std::vector<std::optional<double>> p = {0.03, std::nullopt, 0.01, 0.5, 0.02};
  const auto q = benjamini_hochberg(p);
  ASSERT_EQ(q.size(), 5U);
  EXPECT_NEAR(*q[0], 0.04, 1e-15);
  EXPECT_FALSE(q[1].has_value());
  EXPECT_NEAR(*q[2], 0.04, 1e-15);
  EXPECT_NEAR(*q[3], 0.5, 1e-15);
  EXPECT_NEAR(*q[4], 0.04, 1e-15);
}

TEST(BenjaminiHochberg, EqualsItsDefinitionAndStaysAtMostOne) {
  std::mt19937 random(6);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<std::optional<double>> p(60);
  for (auto& value : p) value = std::round(uniform(random) * 40) / 40;  // with ties
  const auto q = benjamini_hochberg(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    double expected = 1;
    for (const auto& threshold : p) {
      if (*threshold < *p[i]) continue;
      const auto n_up_to =
          std::count_if(p.begin(), p.end(), [&](const auto& v) { return *v <= *threshold; });
      expected = std::min(expected, *threshold * 60 / static_cast<double>(n_up_to));
    }
    EXPECT_NEAR(*q[i], expected, 1e-15) << i;
  }
}

TEST(BenjaminiYekutieli, HandComputed) {
  // As above, times 1 + 1/2 + 1/3 + 1/4 = 25/12 before the bound: 4·.5·25/12/4 is above 1.
  const std::vector<std::optional<double>> p = {0.03, std::nullopt, 0.01, 0.5, 0.02};
  const auto q = benjamini_yekutieli(p);
  EXPECT_NEAR(*q[0], 0.04 * 25 / 12, 1e-15);
  EXPECT_FALSE(q[1].has_value());
  EXPECT_NEAR(*q[2], 0.04 * 25 / 12, 1e-15);
  EXPECT_EQ(*q[3], 1);
  EXPECT_NEAR(*q[4], 0.04 * 25 / 12, 1e-15);
  EXPECT_TRUE(benjamini_yekutieli({}).empty());
}

TEST(BenjaminiHochberg, NothingPresent) {
  EXPECT_THAT(benjamini_hochberg(std::vector<std::optional<double>>(3)),
              ::testing::Each(std::optional<double>()));
  EXPECT_TRUE(benjamini_hochberg({}).empty());
}

}  // namespace
}  // namespace isogloss

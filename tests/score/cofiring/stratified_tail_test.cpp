#include "isogloss/score/cofiring/stratified_tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>

#include "isogloss/numeric/hypergeometric.h"

namespace isogloss {
namespace {

using Real = boost::multiprecision::cpp_bin_float_50;

/// The whole law of the sum in 50 digits: [x] P(X = x).
std::vector<Real> exact_law(const std::vector<StratumCounts>& strata) {
  std::vector<Real> law = {1};
  for (const auto& [n, a, b] : strata) {
    std::vector<Real> terms(static_cast<std::size_t>(std::min(a, b)) + 1);
    const auto lowest = std::max<std::int64_t>(0, a + b - n);
    Real term = 1;
    Real whole = 0;
    for (auto x = lowest; x <= std::min(a, b); ++x) {
      terms[static_cast<std::size_t>(x)] = term;
      whole += term;
      term *= Real(a - x) * Real(b - x);
      term /= Real(x + 1) * Real(n - a - b + x + 1);
    }
    std::vector<Real> sum(law.size() + terms.size() - 1);
    for (std::size_t i = 0; i < law.size(); ++i) {
      for (std::size_t j = 0; j < terms.size(); ++j) sum[i + j] += law[i] * terms[j] / whole;
    }
    law = std::move(sum);
  }
  return law;
}

void expect_tails(const std::vector<StratumCounts>& strata, double relative) {
  const auto law = exact_law(strata);
  Real tail = 0;
  for (auto x = law.size(); x > 0; --x) {
    tail += law[x - 1];
    const auto expected = static_cast<double>(tail);
    const double actual = stratified_hypergeometric_tail(static_cast<std::int64_t>(x - 1), strata);
    if (expected < 1e-300) {
      EXPECT_LT(actual, 1e-299) << x - 1;
    } else {
      ASSERT_NEAR(actual / expected, 1, relative) << x - 1 << " expected " << expected;
    }
    ASSERT_LE(actual, 1);
  }
  EXPECT_EQ(stratified_hypergeometric_tail(static_cast<std::int64_t>(law.size()), strata), 0);
}

TEST(StratifiedTail, EqualsTheExactConvolutionOverTheWholeSupport) {
  std::mt19937 random(1);
  const auto up_to = [&](std::int64_t n) {
    return std::uniform_int_distribution<std::int64_t>(0, n)(random);
  };
  for (const int k : {1, 2, 5, 12}) {
    for (const std::int64_t n : {1, 2, 10, 37}) {
      for (int repeat = 0; repeat < 8; ++repeat) {
        std::vector<StratumCounts> strata;
        for (int g = 0; g < k; ++g) strata.push_back({n, up_to(n), up_to(n)});
        expect_tails(strata, 1e-12);
      }
    }
  }
}

TEST(StratifiedTail, KeepsItsDigitsFarFromTheMode) {
  // From p = 1 down to the smallest float64, whose mode is a hundred counts away.
  expect_tails({{1000, 150, 140}, {1000, 100, 180}, {900, 60, 70}, {1000, 3, 500}}, 1e-12);
  expect_tails({{400, 300, 250}, {400, 390, 200}, {300, 150, 150}}, 1e-12);
  expect_tails(std::vector<StratumCounts>(60, {10, 3, 4}), 1e-12);
}

TEST(StratifiedTail, OneStratumIsThePlainTail) {
  std::mt19937 random(2);
  for (int i = 0; i < 300; ++i) {
    const std::int64_t n = 1 + random() % 5000;
    const std::int64_t a = random() % (n + 1);
    const std::int64_t b = random() % (n + 1);
    const std::int64_t x = random() % (std::min(a, b) + 2);
    const double plain = hypergeometric_tail(x, a, b, n);
    const double stratified =
        stratified_hypergeometric_tail(x, std::vector<StratumCounts>{{n, a, b}});
    EXPECT_NEAR(stratified, plain, 1e-11 * plain) << x << ' ' << a << ' ' << b << ' ' << n;
  }
}

TEST(StratifiedTail, DoesNotSeeOrderSilentStrataOrTheSidesSwapped) {
  const std::vector<StratumCounts> strata = {{50, 10, 7}, {40, 30, 2}, {60, 5, 55}};
  const std::vector<StratumCounts> other = {{60, 55, 5}, {40, 2, 30}, {30, 0, 8},
                                            {50, 7, 10}, {20, 3, 0},  {10, 0, 0}};
  for (std::int64_t x = 0; x < 15; ++x) {
    const double p = stratified_hypergeometric_tail(x, strata);
    EXPECT_NEAR(stratified_hypergeometric_tail(x, other), p, 1e-13 * p) << x;
  }
}

TEST(StratifiedTail, Edges) {
  EXPECT_EQ(stratified_hypergeometric_tail(0, {}), 1);
  EXPECT_EQ(stratified_hypergeometric_tail(1, {}), 0);
  const std::vector<StratumCounts> certain = {{10, 10, 4}, {5, 3, 5}};  // exactly 7, always
  EXPECT_EQ(stratified_hypergeometric_tail(7, certain), 1);
  EXPECT_EQ(stratified_hypergeometric_tail(8, certain), 0);
  // Both must meet in both: 1/10 · 1/20.
  const std::vector<StratumCounts> rare = {{10, 1, 1}, {20, 1, 1}};
  EXPECT_DOUBLE_EQ(stratified_hypergeometric_tail(2, rare), 1.0 / 200);
  EXPECT_DOUBLE_EQ(stratified_hypergeometric_tail(1, rare), 1 - 0.9 * 0.95);
}

TEST(StratifiedTail, UnderflowsToZeroNotToNan) {
  const std::vector<StratumCounts> strata(40, {10000, 2000, 2000});
  EXPECT_EQ(stratified_hypergeometric_tail(80000, strata), 0);
  EXPECT_EQ(stratified_hypergeometric_tail(60000, strata), 0);
  EXPECT_NEAR(stratified_hypergeometric_tail(16000, strata), 0.5, 0.01);  // the mean
  EXPECT_NEAR(stratified_hypergeometric_tail(100, strata), 1, 1e-12);
}

TEST(StratifiedTail, FallsSteadilyOverManyLargeStrata) {
  std::vector<StratumCounts> strata;
  for (std::int64_t g = 0; g < 40; ++g) strata.push_back({10000, 1000 + 20 * g, 2000 - 30 * g});
  double before = 1;
  for (std::int64_t x = 7000; x < 10000; x += 10) {
    const double p = stratified_hypergeometric_tail(x, strata);
    ASSERT_LE(p, before * (1 + 1e-12)) << x;
    ASSERT_TRUE(p > 0 || before < 1e-290) << x;
    before = p;
  }
}

}  // namespace
}  // namespace isogloss

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/score/sentence_measures.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::value_of;

/// E[J] over the whole support in long double, terms from its lower end.
long double expected_jaccard(std::int64_t a, std::int64_t b, std::int64_t n) {
  const auto lowest = std::max<std::int64_t>(0, a + b - n);
  const auto log_choose = [](std::int64_t m, std::int64_t k) {
    return std::lgamma(static_cast<long double>(m + 1)) -
           std::lgamma(static_cast<long double>(k + 1)) -
           std::lgamma(static_cast<long double>(m - k + 1));
  };
  long double expected = 0;
  long double whole = 0;
  for (auto x = lowest; x <= std::min(a, b); ++x) {
    const long double p = std::exp(log_choose(a, x) + log_choose(n - a, b - x) - log_choose(n, b));
    expected += p * static_cast<long double>(x) / static_cast<long double>(a + b - x);
    whole += p;
  }
  return expected / whole;
}

TEST(AdjustedJaccard, ExpectationIsExactForAllMargins) {
  const auto check = [](std::size_t a, std::size_t b, std::size_t n) {
    DenseColumn x(n);
    DenseColumn y(n);
    std::fill_n(x.begin(), a, 1.0F);
    std::fill_n(y.end() - static_cast<std::ptrdiff_t>(b), b, 1.0F);
    const auto common = std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(a + b - n));
    const auto jaccard_of = static_cast<long double>(common) /
                            static_cast<long double>(a + b - static_cast<std::size_t>(common));
    const auto expected = expected_jaccard(
        static_cast<std::int64_t>(a), static_cast<std::int64_t>(b), static_cast<std::int64_t>(n));
    const auto adjusted = value_of(measure::jaccard_adjusted, {x, y});
    if (a == n && b == n) {
      EXPECT_FALSE(adjusted.has_value());
      return;
    }
    ASSERT_TRUE(adjusted.has_value());
    EXPECT_NEAR(*adjusted, static_cast<double>((jaccard_of - expected) / (1 - expected)), 1e-12)
        << a << " and " << b << " of " << n;
  };
  for (const std::size_t n : {1U, 2U, 3U, 10U}) {
    for (std::size_t a = 1; a <= n; ++a) {
      for (std::size_t b = 1; b <= n; ++b) check(a, b, n);
    }
  }
  check(250, 250, 500);
  check(1, 499, 500);
  check(20000, 30, 40000);
  check(20000, 25000, 40000);
  check(39999, 39999, 40000);
}

}  // namespace
}  // namespace isogloss

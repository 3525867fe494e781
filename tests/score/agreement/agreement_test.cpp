#include "isogloss/score/agreement/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/score/agreement_oracle.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::AgreementOracle;
using testing::DenseColumn;
using testing::OwnedColumn;
using testing::random_column;

PairAgreement agreement_of(const DenseColumn& a, const DenseColumn& b) {
  return pair_agreement(OwnedColumn(a).view(), OwnedColumn(b).view(),
                        static_cast<std::int32_t>(a.size()));
}

TEST(PairAgreement, HandComputed) {
  // p = (¼, ¾, 0), q = (½, 0, ½). M = ¼. The rows of Σ_r min(p_s, q_r) are ¼ + 0 + ¼, ½ + 0 + ½
  // and 0, so E = (½ + 1 + 0)/3 = ½ and κ = (¼ − ½)/½ = −½.
  const auto pair = agreement_of({1, 3, 0}, {2, 0, 2});
  EXPECT_DOUBLE_EQ(pair.overlap, 0.25);
  EXPECT_DOUBLE_EQ(pair.expected, 0.5);
  ASSERT_TRUE(pair.kappa.has_value());
  EXPECT_DOUBLE_EQ(*pair.kappa, -0.5);
  EXPECT_EQ(pair.cofire, 1);
}

TEST(PairAgreement, EqualsTheDefinitionOnRandomColumns) {
  std::mt19937 random(1);
  for (const std::int32_t n : {2, 3, 17, 64, 301}) {
    for (const double density : {0.05, 0.3, 1.0}) {
      for (int repeat = 0; repeat < 5; ++repeat) {
        auto a = random_column(random, n, density);
        auto b = random_column(random, n, density / 2);
        a[0] = 1.5F;  // never silent
        b[1] = 1.5F;
        const auto strata = single_stratum(n);
        const AgreementOracle oracle({a, b}, strata);
        const auto pair = agreement_of(a, b);
        EXPECT_NEAR(pair.overlap, static_cast<double>(oracle.overlap), 1e-14);
        EXPECT_NEAR(pair.expected, static_cast<double>(oracle.expected), 1e-14);
        ASSERT_TRUE(pair.kappa.has_value());
        EXPECT_NEAR(*pair.kappa, static_cast<double>(oracle.kappa()), 1e-12);
      }
    }
  }
}

TEST(PairAgreement, ExpectedIsTheMeanOverlapOfRandomRePairings) {
  std::mt19937 random(2);
  const auto a = random_column(random, 40, 0.3);
  auto b = random_column(random, 40, 0.5);
  const double expected = agreement_of(a, b).expected;
  constexpr int kShuffles = 20000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kShuffles; ++i) {
    std::shuffle(b.begin(), b.end(), random);
    const double overlap = agreement_of(a, b).overlap;
    sum += overlap;
    squares += overlap * overlap;
  }
  const double mean = sum / kShuffles;
  const double standard_error = std::sqrt((squares / kShuffles - mean * mean) / kShuffles);
  EXPECT_NEAR(expected, mean, 4 * standard_error);
  EXPECT_LT(standard_error, 0.01 * expected);
}

TEST(PairAgreement, OneForTheSameColumnAtAnyScale) {
  std::mt19937 random(3);
  const auto a = random_column(random, 50, 0.2);
  auto b = a;
  for (auto& x : b) x *= 8;  // a power of two: the shares stay equal to the bit
  const auto pair = agreement_of(a, b);
  EXPECT_NEAR(pair.overlap, 1, 1e-15);
  EXPECT_NEAR(*pair.kappa, 1, 1e-14);
}

TEST(PairAgreement, DoesNotSeeScaleOrderOfRowsOrOfLanguages) {
  std::mt19937 random(4);
  const auto a = random_column(random, 80, 0.4);
  const auto b = random_column(random, 80, 0.1);
  const auto plain = agreement_of(a, b);

  auto scaled = b;
  for (auto& x : scaled) x *= 1000;
  EXPECT_NEAR(*agreement_of(a, scaled).kappa, *plain.kappa, 1e-6);  // 1000·x rounds to float32

  const DenseColumn a_reversed(a.rbegin(), a.rend());
  const DenseColumn b_reversed(b.rbegin(), b.rend());
  EXPECT_NEAR(*agreement_of(a_reversed, b_reversed).kappa, *plain.kappa, 1e-14);

  EXPECT_NEAR(*agreement_of(b, a).kappa, *plain.kappa, 1e-14);
  EXPECT_EQ(agreement_of(b, a).cofire, plain.cofire);
}

TEST(PairAgreement, AbsentWhenASideIsSilent) {
  const auto pair = agreement_of({1, 2, 0}, {0, 0, 0});
  EXPECT_FALSE(pair.kappa.has_value());
  EXPECT_EQ(pair.overlap, 0);
  EXPECT_EQ(pair.expected, 0);
  EXPECT_EQ(pair.cofire, 0);
}

TEST(PairAgreement, AbsentWhenEveryPairingOverlapsWholly) {
  EXPECT_FALSE(agreement_of({5}, {0.1F}).kappa.has_value());  // one sentence
  for (const std::size_t n : {2U, 3U, 7U, 500U, 99991U}) {
    // Every row fires alike: E = 1, found to the bit although 1/n and 0.1 are not.
    const auto pair = agreement_of(DenseColumn(n, 0.1F), DenseColumn(n, 0.7F));
    EXPECT_EQ(pair.expected, 1) << n;
    EXPECT_FALSE(pair.kappa.has_value()) << n;
    EXPECT_EQ(pair.cofire, static_cast<std::int32_t>(n));
  }
}

TEST(PairAgreement, NestedSupportsScoreLowAsDocumented) {
  // 5 sentences inside 50 of 500, all equally strong: M = 5/50, and κ about .09.
  DenseColumn narrow(500, 0);
  DenseColumn wide(500, 0);
  std::fill_n(narrow.begin(), 5, 1.0F);
  std::fill_n(wide.begin(), 50, 1.0F);
  const auto pair = agreement_of(narrow, wide);
  EXPECT_NEAR(pair.overlap, 0.1, 1e-15);
  EXPECT_NEAR(*pair.kappa, (0.1 - 0.01) / 0.99, 1e-14);
}

TEST(EffectiveRows, CountsEvenRowsWhollyAndUnevenOnesLess) {
  EXPECT_DOUBLE_EQ(effective_rows(OwnedColumn({0, 3, 3, 0, 3}).view()), 3);
  EXPECT_DOUBLE_EQ(effective_rows(OwnedColumn({1, 3}).view()), 16.0 / 10.0);
  EXPECT_EQ(effective_rows(OwnedColumn({0, 0}).view()), 0);
}

TEST(Shrink, FollowsTheFormula) {
  EXPECT_DOUBLE_EQ(shrink(0.8, 3, 3), 0.4);
  EXPECT_DOUBLE_EQ(shrink(-0.5, 6, 3), -1.0 / 3);
  EXPECT_DOUBLE_EQ(shrink(0.8, 3, 0), 0.8);
}

}  // namespace
}  // namespace isogloss

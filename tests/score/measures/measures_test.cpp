#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "tests/score/sentence_measures.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::value_of;

TEST(Measures, OfTwoColumnsByHand) {
  // A = {0, 1, 2}, B = {1, 2, 3} of 5 rows. 1, 2 or 3 of them co-fire with P = .3, .6, .1.
  const std::vector<DenseColumn> columns = {{1, 2, 3, 0, 0}, {0, 1, 2, 3, 0}};
  EXPECT_DOUBLE_EQ(*value_of(measure::jaccard, columns), 0.5);
  const double expected = 0.3 * 1 / 5 + 0.6 * 2 / 4 + 0.1 * 3 / 3;
  EXPECT_NEAR(*value_of(measure::jaccard_adjusted, columns), (0.5 - expected) / (1 - expected),
              1e-15);
  EXPECT_NEAR(*value_of(measure::phi, columns), (2 * 5 - 3 * 3) / std::sqrt(3 * 2 * 3 * 2), 1e-15);
  // y of the rows of A is 0, 1, 2 and 3, 0 of the others: of 6 comparisons 2 won, 1 tied. x of the
  // rows of B is 2, 3, 0 and 1, 0 of the others: 4 won, 1 tied.
  EXPECT_NEAR(*value_of(measure::auroc, columns), (2.5 / 6 + 4.5 / 6) / 2, 1e-15);
}

TEST(Measures, SpearmanByHand) {
  // Ranks 1½, 1½, 3, 4 and 1½, 3, 1½, 4; about their mean 2½ the products sum to 2¼, squares to 4½.
  EXPECT_NEAR(*value_of(measure::spearman, {{0, 0, 1, 7}, {0, 2, 0, 3}}), 0.5, 1e-15);
}

TEST(Measures, CosineByHand) {
  EXPECT_NEAR(*value_of(measure::cosine, {{1, 0, 2}, {2, 3, 0}}), 2 / std::sqrt(5.0 * 13.0), 1e-15);
}

TEST(Measures, FleissByHand) {
  // Of 4 rows 3 agree; 3 of 8 ratings fire, so that 34/64 agree by chance.
  EXPECT_NEAR(*value_of(measure::fleiss, {{5, 1, 0, 0}, {2, 0, 0, 0}}),
              (0.75 - 34.0 / 64) / (1 - 34.0 / 64), 1e-15);
}

TEST(Measures, IccByHand) {
  // Variances 1 and 3, covariance 1½.
  EXPECT_NEAR(*value_of(measure::icc, {{1, 2, 3}, {2, 2, 5}}), 1.5 / 2, 1e-15);
}

TEST(Measures, OfLanguageNumbersByHand) {
  using Numbers = std::vector<double>;
  const auto ratio = measure::mean_ratio.of_token_numbers;
  const auto entropy = measure::sae_lape.of_token_numbers;
  EXPECT_DOUBLE_EQ(*ratio(Numbers{2, 8, 4}), 0.25);
  EXPECT_EQ(*ratio(Numbers{0, 3}), 0);
  EXPECT_FALSE(ratio(Numbers{0, 0}).has_value());
  EXPECT_THAT(measure::nu.by_language(Numbers{2, 8, 4}),
              ::testing::ElementsAre(2 - 6, 8 - 3, 4 - 5));
  EXPECT_EQ(*measure::nu.of_token_numbers(Numbers{2, 8, 4}), 5);
  EXPECT_NEAR(*entropy(Numbers{1, 3}), -0.25 * std::log(0.25) - 0.75 * std::log(0.75), 1e-15);
  EXPECT_NEAR(*entropy(Numbers{0.1, 0.1, 0.1}), std::log(3.0), 1e-15);
  EXPECT_EQ(*entropy(Numbers{0, 0.7, 0}), 0);
  EXPECT_FALSE(entropy(Numbers{0, 0}).has_value());
}

TEST(Measures, AbsentWhereNothingCanBeSaid) {
  const DenseColumn some = {1, 0, 2, 0};
  const DenseColumn silent = {0, 0, 0, 0};
  const DenseColumn everywhere = {1, 2, 3, 4};
  const DenseColumn constant = {2, 2, 2, 2};
  for (const auto* pairwise : {&measure::jaccard, &measure::jaccard_adjusted, &measure::phi,
                               &measure::spearman, &measure::auroc, &measure::cosine}) {
    EXPECT_FALSE(value_of(*pairwise, {some, silent}).has_value());
    EXPECT_FALSE(value_of(*pairwise, {silent, silent, some}).has_value());
    // A silent language leaves the mean to the pairs of the others.
    EXPECT_EQ(value_of(*pairwise, {some, silent, everywhere}),
              value_of(*pairwise, {some, everywhere}));
  }
  EXPECT_FALSE(value_of(measure::jaccard_adjusted, {everywhere, constant}).has_value());
  EXPECT_FALSE(value_of(measure::phi, {some, everywhere}).has_value());
  EXPECT_FALSE(value_of(measure::spearman, {some, constant}).has_value());
  EXPECT_TRUE(value_of(measure::spearman, {some, everywhere}).has_value());
  EXPECT_DOUBLE_EQ(*value_of(measure::auroc, {some, everywhere}),
                   1.0 / 4);  // one direction: 1, 3 over 2, 4
  EXPECT_FALSE(value_of(measure::auroc, {everywhere, everywhere}).has_value());
  EXPECT_FALSE(value_of(measure::fleiss, {silent, silent}).has_value());
  EXPECT_FALSE(value_of(measure::fleiss, {everywhere, constant}).has_value());
  EXPECT_LT(*value_of(measure::fleiss, {some, silent}), 0);
  EXPECT_FALSE(value_of(measure::icc, {silent, constant}).has_value());
  EXPECT_EQ(*value_of(measure::icc, {some, constant}), 0);
  for (const auto* definition : {&measure::jaccard_adjusted, &measure::phi, &measure::spearman,
                                 &measure::auroc, &measure::fleiss, &measure::icc}) {
    EXPECT_FALSE(value_of(*definition, {{3}, {5}}).has_value());  // one row
  }
}

TEST(Measures, RanksStayExactWithManyRows) {
  // Without ties 1 − ρ = 6 Σ d²/(n(n² − 1)), d the differences of ranks.
  DenseColumn x(150000);
  std::iota(x.begin(), x.end(), 1.0F);
  auto y = x;
  EXPECT_NEAR(*value_of(measure::spearman, {x, y}), 1, 1e-15);
  std::swap(y.front(), y.back());  // Σ d² = 2(n − 1)²
  const double n = 150000;
  EXPECT_NEAR(*value_of(measure::spearman, {x, y}),
              1 - 6 * 2 * (n - 1) * (n - 1) / (n * (n * n - 1)), 1e-15);
}

TEST(Icc, KeepsItsDigitsWhereVariationIsSmall) {
  std::mt19937 random(5);
  DenseColumn x;
  DenseColumn y;
  for (int s = 0; s < 200; ++s) {
    x.push_back(static_cast<float>(random() % 5));
    y.push_back(x.back() + static_cast<float>(random() % 3));
  }
  const double plain = *value_of(measure::icc, {x, y});
  for (auto& v : x) v += 1 << 20;  // exact in float32
  for (auto& v : y) v += 1 << 20;
  EXPECT_NEAR(*value_of(measure::icc, {x, y}), plain, 1e-9);
}

}  // namespace
}  // namespace isogloss

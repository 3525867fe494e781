#include "isogloss/score/bi_loss/bi_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>

#include "isogloss/score/bi_loss/divergence.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::OwnedColumn;
using testing::random_column;
using Real = boost::multiprecision::cpp_bin_float_50;

/// The definition over all rows in 50 digits, where neither cancellation nor underflow can hide.
double exact_divergence(const std::vector<DenseColumn>& columns,
                        const std::vector<double>& divisors, BiForm form) {
  const auto n_rows = columns[0].size();
  std::vector<std::vector<Real>> p(columns.size());
  for (std::size_t l = 0; l < columns.size(); ++l) {
    Real sum = 0;
    for (const float x : columns[l]) {
      p[l].push_back(exp(Real(100) * Real(x) / Real(divisors[l])));
      sum += p[l].back();
    }
    for (auto& share : p[l]) share /= sum;
  }
  Real total = 0;
  for (std::size_t s = 0; s < n_rows; ++s) {
    Real m = 0;
    for (const auto& shares : p) m += shares[s] / p.size();
    for (const auto& shares : p) {
      total += form == BiForm::kCode ? Real(m * log(m / shares[s]))
                                     : Real(shares[s] * log(shares[s] / m));
    }
  }
  total /= columns.size();
  if (form == BiForm::kCode) total /= n_rows;
  return static_cast<double>(total);
}

double divergence_of(const std::vector<DenseColumn>& columns, const std::vector<double>& divisors,
                     BiForm form) {
  const std::vector<OwnedColumn> owned(columns.begin(), columns.end());
  std::vector<SparseColumn> views;
  for (const auto& column : owned) views.push_back(column.view());
  return softmax_divergence(views, divisors, static_cast<std::int32_t>(columns[0].size()), form);
}

void expect_exact(const std::vector<DenseColumn>& columns, const std::vector<double>& divisors) {
  for (const auto form : {BiForm::kCode, BiForm::kText}) {
    const double exact = exact_divergence(columns, divisors, form);
    ASSERT_GT(exact, 0);
    EXPECT_NEAR(divergence_of(columns, divisors, form) / exact, 1, 1e-10)
        << "exact " << exact << ", text form: " << (form == BiForm::kText);
  }
}

double largest(const DenseColumn& column) {
  return *std::max_element(column.begin(), column.end());
}

TEST(SoftmaxDivergence, EqualsTheDefinitionForTwoAndMoreLanguages) {
  std::mt19937 random(1);
  for (const std::size_t n_languages : {2U, 3U, 5U}) {
    for (const double density : {0.02, 0.2, 1.0}) {
      std::vector<DenseColumn> columns;
      std::vector<double> divisors;
      for (std::size_t l = 0; l < n_languages; ++l) {
        columns.push_back(random_column(random, 211, density));
        columns.back()[l] = 2;  // never silent
        divisors.push_back(largest(columns.back()));
      }
      expect_exact(columns, divisors);
    }
  }
}

TEST(SoftmaxDivergence, KeepsItsDigitsWhenTheLanguagesAreNearlyAlike) {
  std::mt19937 random(2);
  const auto a = random_column(random, 100, 0.3);
  for (const float change : {1e-2F, 1e-4F, 1e-6F}) {
    auto b = a;
    for (auto& x : b) x *= 1 + change * static_cast<float>(random() % 3);
    expect_exact({a, b}, {5000, 5000});  // a weak feature: logits far below 1
    expect_exact({a, b, a}, {500, 500, 500});
  }
}

TEST(SoftmaxDivergence, KeepsItsDigitsAtTheEndsOfItsRange) {
  // All mass on one row each, e^−100 elsewhere; with the same row the divergence is only 1e-44's.
  expect_exact({{7, 0, 0, 0}, {0, 3, 0, 0}}, {7, 3});
  expect_exact({{7, 1, 0, 0}, {3, 0, 0, 0}}, {7, 3});
  expect_exact({{7, 0, 0}, {0, 3, 0}, {0, 0, 1}}, {7, 3, 1});
}

TEST(SoftmaxDivergence, TextFormIsLogTwoForDisjointSentences) {
  const std::vector<DenseColumn> columns = {{7, 0, 0, 0}, {0, 3, 0, 0}};
  EXPECT_NEAR(divergence_of(columns, {7, 3}, BiForm::kText), std::log(2.0), 1e-14);
}

TEST(SoftmaxDivergence, ZeroForIdenticalLanguages) {
  const std::vector<DenseColumn> columns = {{4, 0, 2, 1}, {4, 0, 2, 1}};
  EXPECT_EQ(divergence_of(columns, {4, 4}, BiForm::kCode), 0);
  EXPECT_EQ(divergence_of(columns, {4, 4}, BiForm::kText), 0);
}

/// Features with every number of firings from few to all, one of them silent in Spanish.
Maxima varied_maxima(std::int32_t n_features, std::int32_t n_rows) {
  std::mt19937 random(3);
  std::vector<std::vector<DenseColumn>> features;
  for (std::int32_t f = 0; f < n_features; ++f) {
    const double density = std::pow(static_cast<double>(f + 1) / n_features, 2);
    features.push_back(
        {random_column(random, n_rows, density), random_column(random, n_rows, density)});
    features.back()[0][0] = 1;
    features.back()[1][1] = 1;
  }
  features[3][1].assign(static_cast<std::size_t>(n_rows), 0);
  return make_maxima({"en", "es"}, n_rows, features);
}

std::vector<double> values_of(const std::vector<std::optional<double>>& column) {
  std::vector<double> values;
  for (const auto& value : column) {
    if (value) values.push_back(*value);
  }
  return values;
}

TEST(BiLoss, SilentInOneLanguageLeavesTheRanking) {
  const auto maxima = varied_maxima(20, 30);
  for (const auto form : {BiForm::kCode, BiForm::kText}) {
    const auto result = bi_loss(maxima, form, std::nullopt);
    EXPECT_FALSE(result.loss[3].has_value());
    EXPECT_FALSE(result.rank[3].has_value());
    EXPECT_EQ(values_of(result.loss).size(), 19U);
  }
}

TEST(BiLoss, RanksFollowTheLossAndTiesTheFeature) {
  const DenseColumn a = {1, 0, 2, 0};
  const DenseColumn b = {0, 3, 2, 0};
  const DenseColumn c = {1, 0, 2, 1};
  const auto maxima = make_maxima({"en", "es"}, 4, {{a, c}, {a, b}, {a, c}, {a, b}});
  const auto result = bi_loss(maxima, BiForm::kText, 0.0);
  std::vector<std::int32_t> order(4);
  for (std::size_t f = 0; f < 4; ++f)
    order[static_cast<std::size_t>(*result.rank[f])] = static_cast<std::int32_t>(f);
  ASSERT_EQ(*result.loss[0], *result.loss[2]);
  ASSERT_EQ(*result.loss[1], *result.loss[3]);
  ASSERT_LT(*result.loss[0], *result.loss[1]);
  EXPECT_THAT(order, ::testing::ElementsAre(0, 2, 1, 3));
}

TEST(BiLoss, TextFormByHand) {
  // Two features over two rows. Feature 0 fires everywhere alike: JSD 0, idaf 4/4. Feature 1 fires
  // on opposite rows: JSD ln 2 (all but e^−100), idaf 4/2. β = −(ln 2 − 0)/(2 − 1).
  const auto maxima = make_maxima({"en", "es"}, 2, {{{1, 1}, {1, 1}}, {{1, 0}, {0, 1}}});
  const auto result = bi_loss(maxima, BiForm::kText, std::nullopt);
  const double ln2 = std::log(2.0);
  EXPECT_NEAR(result.beta, -ln2, 1e-14);
  EXPECT_NEAR(*result.loss[0], 0 - ln2 * 1, 1e-14);
  EXPECT_NEAR(*result.loss[1], ln2 - ln2 * 2, 1e-14);
}

TEST(BiLoss, CodeFormAddsFloat32IdafOfTheNegatedSign) {
  // n·L = 40. Fired 20, 12, 9 and 10 times: idaf 2, 3.33…, set to 1, and 4; float32 by torch's
  // steps, fl(fl(1/count)·40).
  const auto feature = [](std::size_t en, std::size_t es) {
    DenseColumn a(20, 0);
    DenseColumn b(20, 0);
    std::fill_n(a.begin(), en, 1.0F);
    std::fill_n(b.begin(), es, 2.0F);
    return std::vector<DenseColumn>{a, b};
  };
  const auto maxima =
      make_maxima({"en", "es"}, 20, {feature(10, 10), feature(6, 6), feature(4, 5), feature(5, 5)});
  const auto jsd = values_of(bi_loss(maxima, BiForm::kCode, 0.0).loss);
  const float beta = -0.125F;
  const auto result = bi_loss(maxima, BiForm::kCode, static_cast<double>(beta));
  const float third = (1.0F / 12.0F) * 40.0F;
  EXPECT_EQ(*result.loss[0] - jsd[0], 0.125 * 2);
  EXPECT_EQ(*result.loss[1], jsd[1] + static_cast<double>(0.125F * third));
  EXPECT_EQ(*result.loss[2] - jsd[2], 0.125);
  EXPECT_EQ(*result.loss[3] - jsd[3], 0.125 * 4);
}

TEST(BiLoss, BetaSpansTheThreeHundredBestPlaces) {
  const auto maxima = varied_maxima(400, 60);
  const auto plain = bi_loss(maxima, BiForm::kText, 0.0);
  auto jsd = values_of(plain.loss);
  std::sort(jsd.begin(), jsd.end());
  std::vector<double> idaf;
  for (std::int32_t f = 0; f < maxima.n_features; ++f) {
    const auto n_en = maxima.column(0, f).size();
    const auto n_es = maxima.column(1, f).size();
    if (n_en > 0 && n_es > 0) idaf.push_back(120.0 / static_cast<double>(n_en + n_es));
  }
  const auto [low, high] = std::minmax_element(idaf.begin(), idaf.end());
  const double expected = -(jsd[300] - jsd[0]) / (*high - *low);  // place 300, counted from 0
  EXPECT_NEAR(bi_loss(maxima, BiForm::kText, std::nullopt).beta / expected, 1, 1e-14);
}

TEST(BiLoss, WithFewFeaturesThePlaceBecomesTheLast) {
  const auto maxima = varied_maxima(40, 60);
  auto jsd = values_of(bi_loss(maxima, BiForm::kCode, 0.0).loss);
  std::sort(jsd.begin(), jsd.end());
  float low = 0;
  float high = -1000;
  for (std::int32_t f = 0; f < maxima.n_features; ++f) {
    const auto n_en = maxima.column(0, f).size();
    const auto n_es = maxima.column(1, f).size();
    if (n_en == 0 || n_es == 0) continue;
    const auto count = static_cast<float>(n_en + n_es);
    const float idaf = count < 10 ? -1.0F : -(120.0F / count);
    low = std::min(low, idaf);
    high = std::max(high, idaf);
  }
  const double expected = -(jsd.back() - jsd.front()) / static_cast<double>(high - low);
  EXPECT_NEAR(bi_loss(maxima, BiForm::kCode, std::nullopt).beta / expected, 1, 1e-6);
}

TEST(BiLoss, WithoutASpreadOfFrequencyBetaIsZero) {
  const auto maxima = make_maxima({"en", "es"}, 2, {{{1, 0}, {0, 1}}, {{1, 0}, {1, 0}}});
  for (const auto form : {BiForm::kCode, BiForm::kText}) {
    const auto result = bi_loss(maxima, form, std::nullopt);
    EXPECT_EQ(result.beta, 0);
    EXPECT_TRUE(std::isfinite(*result.loss[0]));
  }
}

TEST(BiLoss, NoLiveFeature) {
  const auto maxima = make_maxima({"en", "es"}, 2, {{{1, 0}, {0, 0}}, {{0, 0}, {0, 0}}});
  const auto result = bi_loss(maxima, BiForm::kCode, std::nullopt);
  EXPECT_THAT(result.loss, ::testing::Each(std::optional<double>()));
  EXPECT_THAT(result.rank, ::testing::Each(std::optional<std::int32_t>()));
}

}  // namespace
}  // namespace isogloss

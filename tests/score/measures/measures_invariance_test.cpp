// What holds of every measure of sentences, whatever the columns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "tests/score/sentence_measures.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::random_column;
using testing::sentence_measures;
using testing::value_of;

/// Near to `tolerance`, or both absent.
void expect_same(std::optional<double> actual, std::optional<double> expected, double tolerance) {
  ASSERT_EQ(actual.has_value(), expected.has_value());
  if (!actual) return;
  EXPECT_NEAR(*actual, *expected, tolerance);
}

TEST(Measures, BestForTheSameColumnEverywhere) {
  std::mt19937 random(1);
  auto x = random_column(random, 60, 0.3);
  x[0] = 2;
  x[1] = 0;
  for (const auto* definition : sentence_measures()) {
    SCOPED_TRACE(definition->name);
    const double best = definition == &measure::lape ? std::log(3.0) : 1;
    EXPECT_NEAR(*value_of(*definition, {x, x, x}), best, 1e-14);
  }
}

TEST(Measures, NeitherTheOrderOfRowsNorOfLanguagesMatters) {
  std::mt19937 random(2);
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::vector<DenseColumn> columns;
    for (const double density : {0.1, 0.4, 0.8}) {
      columns.push_back(random_column(random, 50, density));
      for (auto& x : columns.back()) x = std::round(4 * x) / 4;  // ties; some become silent
    }
    std::vector<std::size_t> order(50);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    auto rows_shuffled = columns;
    for (std::size_t l = 0; l < columns.size(); ++l) {
      for (std::size_t s = 0; s < 50; ++s) rows_shuffled[l][s] = columns[l][order[s]];
    }
    const std::vector<DenseColumn> languages_reversed(columns.rbegin(), columns.rend());
    for (const auto* definition : sentence_measures()) {
      SCOPED_TRACE(definition->name);
      const auto plain = value_of(*definition, columns);
      expect_same(value_of(*definition, rows_shuffled), plain, 1e-13);
      expect_same(value_of(*definition, languages_reversed), plain, 1e-13);
    }
  }
}

TEST(Measures, OnlyIccSeesTheScaleOfOneLanguage) {
  std::mt19937 random(3);
  const auto a = random_column(random, 80, 0.4);
  const auto b = random_column(random, 80, 0.3);
  auto b_scaled = b;
  for (auto& x : b_scaled) x *= 8;
  auto a_scaled = a;
  for (auto& x : a_scaled) x *= 8;
  for (const auto* definition : sentence_measures()) {
    SCOPED_TRACE(definition->name);
    const double plain = *value_of(*definition, {a, b});
    EXPECT_NEAR(*value_of(*definition, {a_scaled, b_scaled}), plain, 1e-14);
    if (definition == &measure::icc) {
      EXPECT_GT(std::abs(*value_of(*definition, {a, b_scaled}) - plain), 0.01);
    } else {
      EXPECT_NEAR(*value_of(*definition, {a, b_scaled}), plain, 1e-14);
    }
  }
}

TEST(Measures, CorrectedForChanceTheMeanOverAllRePairingsIsNothing) {
  const DenseColumn a = {3, 1, 0, 2, 0, 0};  // fires as often as b, or Fleiss' κ would fall below 0
  const DenseColumn b = {0, 0, 0, 1, 2, 2};
  std::vector<std::size_t> order(b.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto definitions = sentence_measures();
  std::vector<double> sums(definitions.size());
  int n = 0;
  do {
    DenseColumn shuffled;
    for (const auto s : order) shuffled.push_back(b[s]);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += *value_of(*definitions[i], {a, shuffled});
    }
    ++n;
  } while (std::next_permutation(order.begin(), order.end()));
  ASSERT_EQ(n, 720);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto* definition = definitions[i];
    SCOPED_TRACE(definition->name);
    if (definition == &measure::auroc) {
      EXPECT_NEAR(sums[i] / n, 0.5, 1e-14);
    } else if (definition->chance_is_zero) {
      EXPECT_NEAR(sums[i] / n, 0, 1e-14);
    } else if (definition == &measure::jaccard || definition == &measure::cosine) {
      EXPECT_GT(sums[i] / n, 0.2);
    }
  }
}

}  // namespace
}  // namespace isogloss

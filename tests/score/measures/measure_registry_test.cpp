#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "isogloss/core/error.h"
#include "isogloss/score/measures/measures.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::random_column;

/// Features of every density with token totals that differ by language, the last one silent.
struct Example {
  Maxima maxima;
  std::vector<TokenTotals> totals;

  Example() {
    std::mt19937 random(6);
    std::vector<std::vector<DenseColumn>> features;
    for (int f = 0; f < 300; ++f) {
      features.emplace_back();
      for (int l = 0; l < 3; ++l) features.back().push_back(random_column(random, 40, f / 299.0));
    }
    features.emplace_back(3, DenseColumn(40));
    maxima = make_maxima({"en", "es", "de"}, 40, features);
    for (std::size_t l = 0; l < 3; ++l) {
      TokenTotals of_language;
      of_language.n_tokens = static_cast<std::int64_t>(400 + 100 * l);
      for (const auto& feature : features) {
        const auto& x = feature[l];
        of_language.firing.push_back(40 - std::count(x.begin(), x.end(), 0.0F));
        of_language.mass.push_back(std::accumulate(x.begin(), x.end(), 0.0));
      }
      totals.push_back(of_language);
    }
  }
};

TEST(MeasureRegistry, ComputesEveryMeasureOfItsList) {
  const Example example;
  std::vector<std::string> names;
  for (const auto* definition : measures()) {
    SCOPED_TRACE(definition->name);
    EXPECT_FALSE(definition->description.empty());
    EXPECT_FALSE(definition->source.empty());
    EXPECT_EQ(&find_measure(definition->name), definition);
    for (const auto& column : compute_measure(definition->name, example.maxima, example.totals)) {
      names.push_back(column.name);
      ASSERT_EQ(column.values.size(), 301U);
      EXPECT_FALSE(column.values.back().has_value()) << column.name;  // silent everywhere
      EXPECT_TRUE(column.values[150].has_value()) << column.name;
    }
    if (!definition->uses_tokens()) {
      EXPECT_EQ(compute_measure(definition->name, example.maxima, {})[0].values,
                compute_measure(definition->name, example.maxima, example.totals)[0].values);
    }
  }
  EXPECT_THAT(names, ::testing::ElementsAre("nu", "nu_en", "nu_es", "nu_de", "lape", "sae_lape",
                                            "mean_ratio", "jaccard", "jaccard_adjusted", "phi",
                                            "spearman", "auroc", "cosine", "fleiss", "icc"));
}

TEST(MeasureRegistry, NuIsTheLargestOfItsLanguages) {
  const Example example;
  const auto columns = compute_measure("nu", example.maxima, example.totals);
  for (std::size_t f = 0; f < 300; ++f) {
    if (!columns[0].values[f]) continue;
    double largest = -1e300;
    double sum = 0;
    for (std::size_t l = 1; l < columns.size(); ++l) {
      largest = std::max(largest, *columns[l].values[f]);
      sum += *columns[l].values[f];
    }
    EXPECT_EQ(*columns[0].values[f], largest);
    EXPECT_NEAR(sum, 0, 1e-15);
  }
}

TEST(MeasureRegistry, TokenMeasuresAreRatesAndMeans) {
  const auto maxima = make_maxima({"en", "es"}, 1, {{{1}, {1}}, {{1}, {0}}});
  const std::vector<TokenTotals> totals = {{.n_tokens = 10, .firing = {2, 1}, .mass = {5, 1}},
                                           {.n_tokens = 20, .firing = {12, 0}, .mass = {20, 0}}};
  EXPECT_DOUBLE_EQ(*compute_measure("mean_ratio", maxima, totals)[0].values[0], 0.5);
  EXPECT_DOUBLE_EQ(*compute_measure("mean_ratio", maxima, totals)[0].values[1], 0);
  const auto nu = compute_measure("nu", maxima, totals);
  EXPECT_DOUBLE_EQ(*nu[0].values[0], 0.5);
  EXPECT_DOUBLE_EQ(*nu[1].values[0], -0.5);
  EXPECT_DOUBLE_EQ(*nu[2].values[0], 0.5);
  EXPECT_DOUBLE_EQ(*nu[1].values[1], 0.1);
  EXPECT_DOUBLE_EQ(*compute_measure("sae_lape", maxima, totals)[0].values[0],
                   -0.25 * std::log(0.25) - 0.75 * std::log(0.75));
  EXPECT_EQ(*compute_measure("sae_lape", maxima, totals)[0].values[1], 0);
}

TEST(MeasureRegistry, ALanguageWithoutTokensCountsAsSilent) {
  const auto maxima = make_maxima({"en", "es"}, 1, {{{1}, {0}}});
  const std::vector<TokenTotals> totals = {{.n_tokens = 10, .firing = {2}, .mass = {5}},
                                           {.n_tokens = 0, .firing = {0}, .mass = {0}}};
  EXPECT_EQ(*compute_measure("mean_ratio", maxima, totals)[0].values[0], 0);
  EXPECT_EQ(*compute_measure("sae_lape", maxima, totals)[0].values[0], 0);
  EXPECT_DOUBLE_EQ(*compute_measure("nu", maxima, totals)[0].values[0], 0.5);
}

TEST(MeasureRegistry, NamesAllMeasuresForAnUnknownOne) {
  const Example example;
  try {
    compute_measure("kappa", example.maxima, example.totals);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("'kappa'"));
    for (const auto* definition : measures()) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(definition->name)));
    }
  }
}

TEST(MeasureRegistry, NoResultDependsOnTheThreads) {
  const Example example;
  for (const auto* definition : measures()) {
    const auto many = compute_measure(definition->name, example.maxima, example.totals);
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    const auto single = compute_measure(definition->name, example.maxima, example.totals);
    ASSERT_EQ(many.size(), single.size());
    for (std::size_t i = 0; i < many.size(); ++i) {
      EXPECT_EQ(many[i].values, single[i].values) << many[i].name;
    }
  }
}

}  // namespace
}  // namespace isogloss

#include "isogloss/score/measures/measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "isogloss/core/error.h"
#include "isogloss/score/measures/formulas.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::OwnedColumn;
using testing::random_column;

using Formula = std::optional<double> (*)(std::span<const SparseColumn>, std::int32_t);

std::optional<double> value_of(Formula measure, const std::vector<DenseColumn>& columns) {
  const std::vector<OwnedColumn> owned(columns.begin(), columns.end());
  std::vector<SparseColumn> views;
  for (const auto& column : owned) views.push_back(column.view());
  return measure(views, static_cast<std::int32_t>(columns[0].size()));
}

struct Named {
  const char* name;
  Formula formula;
};

const std::vector<Named> kSentenceMeasures = {
    {"jaccard", jaccard}, {"jaccard_adjusted", jaccard_adjusted},
    {"phi", phi},         {"spearman", spearman},
    {"auroc", auroc},     {"cosine", cosine},
    {"fleiss", fleiss},   {"icc", icc},
    {"lape", lape},
};

/// Near to `tolerance`, or both absent.
void expect_same(std::optional<double> actual, std::optional<double> expected, double tolerance) {
  ASSERT_EQ(actual.has_value(), expected.has_value());
  if (!actual) return;
  EXPECT_NEAR(*actual, *expected, tolerance);
}

TEST(Measures, OfTwoColumnsByHand) {
  // A = {0, 1, 2}, B = {1, 2, 3} of 5 rows. 1, 2 or 3 of them co-fire with P = .3, .6, .1.
  const std::vector<DenseColumn> columns = {{1, 2, 3, 0, 0}, {0, 1, 2, 3, 0}};
  EXPECT_DOUBLE_EQ(*value_of(jaccard, columns), 0.5);
  const double expected = 0.3 * 1 / 5 + 0.6 * 2 / 4 + 0.1 * 3 / 3;
  EXPECT_NEAR(*value_of(jaccard_adjusted, columns), (0.5 - expected) / (1 - expected), 1e-15);
  EXPECT_NEAR(*value_of(phi, columns), (2 * 5 - 3 * 3) / std::sqrt(3 * 2 * 3 * 2), 1e-15);
  // y of the rows of A is 0, 1, 2 and 3, 0 of the others: of 6 comparisons 2 won, 1 tied. x of the
  // rows of B is 2, 3, 0 and 1, 0 of the others: 4 won, 1 tied.
  EXPECT_NEAR(*value_of(auroc, columns), (2.5 / 6 + 4.5 / 6) / 2, 1e-15);
}

TEST(Measures, SpearmanByHand) {
  // Ranks 1½, 1½, 3, 4 and 1½, 3, 1½, 4; about their mean 2½ the products sum to 2¼, squares to 4½.
  EXPECT_NEAR(*value_of(spearman, {{0, 0, 1, 7}, {0, 2, 0, 3}}), 0.5, 1e-15);
}

TEST(Measures, CosineByHand) {
  EXPECT_NEAR(*value_of(cosine, {{1, 0, 2}, {2, 3, 0}}), 2 / std::sqrt(5.0 * 13.0), 1e-15);
}

TEST(Measures, FleissByHand) {
  // Of 4 rows 3 agree; 3 of 8 ratings fire, so that 34/64 agree by chance.
  EXPECT_NEAR(*value_of(fleiss, {{5, 1, 0, 0}, {2, 0, 0, 0}}), (0.75 - 34.0 / 64) / (1 - 34.0 / 64),
              1e-15);
}

TEST(Measures, IccByHand) {
  // Variances 1 and 3, covariance 1½.
  EXPECT_NEAR(*value_of(icc, {{1, 2, 3}, {2, 2, 5}}), 1.5 / 2, 1e-15);
}

TEST(Measures, OfLanguageNumbersByHand) {
  const std::vector<double> numbers = {2, 8, 4};
  EXPECT_DOUBLE_EQ(*mean_ratio(numbers), 0.25);
  EXPECT_THAT(monolinguality(numbers), ::testing::ElementsAre(2 - 6, 8 - 3, 4 - 5));
  EXPECT_NEAR(*entropy_of_shares(std::vector<double>{1, 3}),
              -0.25 * std::log(0.25) - 0.75 * std::log(0.75), 1e-15);
  EXPECT_NEAR(*entropy_of_shares(std::vector<double>{0.1, 0.1, 0.1}), std::log(3.0), 1e-15);
  EXPECT_EQ(*entropy_of_shares(std::vector<double>{0, 0.7, 0}), 0);
  EXPECT_FALSE(entropy_of_shares(std::vector<double>{0, 0}).has_value());
  EXPECT_EQ(*mean_ratio(std::vector<double>{0, 3}), 0);
  EXPECT_FALSE(mean_ratio(std::vector<double>{0, 0}).has_value());
}

TEST(Measures, BestForTheSameColumnEverywhere) {
  std::mt19937 random(1);
  auto x = random_column(random, 60, 0.3);
  x[0] = 2;
  x[1] = 0;
  for (const auto& [name, formula] : kSentenceMeasures) {
    SCOPED_TRACE(name);
    const double best = formula == lape ? std::log(3.0) : 1;
    EXPECT_NEAR(*value_of(formula, {x, x, x}), best, 1e-14);
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
    for (const auto& [name, formula] : kSentenceMeasures) {
      SCOPED_TRACE(name);
      const auto plain = value_of(formula, columns);
      expect_same(value_of(formula, rows_shuffled), plain, 1e-13);
      expect_same(value_of(formula, languages_reversed), plain, 1e-13);
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
  for (const auto& [name, formula] : kSentenceMeasures) {
    SCOPED_TRACE(name);
    const double plain = *value_of(formula, {a, b});
    EXPECT_NEAR(*value_of(formula, {a_scaled, b_scaled}), plain, 1e-14);
    if (formula == icc) {
      EXPECT_GT(std::abs(*value_of(formula, {a, b_scaled}) - plain), 0.01);
    } else {
      EXPECT_NEAR(*value_of(formula, {a, b_scaled}), plain, 1e-14);
    }
  }
}

TEST(Measures, CorrectedForChanceTheMeanOverAllRePairingsIsNothing) {
  const DenseColumn a = {3, 1, 0, 2, 0, 0};  // fires as often as b, or Fleiss' κ would fall below 0
  const DenseColumn b = {0, 0, 0, 1, 2, 2};
  std::vector<std::size_t> order(b.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> sums(kSentenceMeasures.size());
  int n = 0;
  do {
    DenseColumn shuffled;
    for (const auto s : order) shuffled.push_back(b[s]);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += *value_of(kSentenceMeasures[i].formula, {a, shuffled});
    }
    ++n;
  } while (std::next_permutation(order.begin(), order.end()));
  ASSERT_EQ(n, 720);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto formula = kSentenceMeasures[i].formula;
    SCOPED_TRACE(kSentenceMeasures[i].name);
    if (formula == auroc) {
      EXPECT_NEAR(sums[i] / n, 0.5, 1e-14);
    } else if (formula == jaccard_adjusted || formula == phi || formula == spearman ||
               formula == fleiss || formula == icc) {
      EXPECT_NEAR(sums[i] / n, 0, 1e-14);
    } else if (formula == jaccard || formula == cosine) {
      EXPECT_GT(sums[i] / n, 0.2);
    }
  }
}

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
    const auto adjusted = value_of(jaccard_adjusted, {x, y});
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

TEST(Measures, AbsentWhereNothingCanBeSaid) {
  const DenseColumn some = {1, 0, 2, 0};
  const DenseColumn silent = {0, 0, 0, 0};
  const DenseColumn everywhere = {1, 2, 3, 4};
  const DenseColumn constant = {2, 2, 2, 2};
  for (const Formula formula : {jaccard, jaccard_adjusted, phi, spearman, auroc, cosine}) {
    EXPECT_FALSE(value_of(formula, {some, silent}).has_value());
    EXPECT_FALSE(value_of(formula, {silent, silent, some}).has_value());
    // A silent language leaves the mean to the pairs of the others.
    EXPECT_EQ(value_of(formula, {some, silent, everywhere}), value_of(formula, {some, everywhere}));
  }
  EXPECT_FALSE(value_of(jaccard_adjusted, {everywhere, constant}).has_value());
  EXPECT_FALSE(value_of(phi, {some, everywhere}).has_value());
  EXPECT_FALSE(value_of(spearman, {some, constant}).has_value());
  EXPECT_TRUE(value_of(spearman, {some, everywhere}).has_value());
  EXPECT_DOUBLE_EQ(*value_of(auroc, {some, everywhere}), 1.0 / 4);  // one direction: 1, 3 over 2, 4
  EXPECT_FALSE(value_of(auroc, {everywhere, everywhere}).has_value());
  EXPECT_FALSE(value_of(fleiss, {silent, silent}).has_value());
  EXPECT_FALSE(value_of(fleiss, {everywhere, constant}).has_value());
  EXPECT_LT(*value_of(fleiss, {some, silent}), 0);
  EXPECT_FALSE(value_of(icc, {silent, constant}).has_value());
  EXPECT_EQ(*value_of(icc, {some, constant}), 0);
  for (const Formula formula : {jaccard_adjusted, phi, spearman, auroc, fleiss, icc}) {
    EXPECT_FALSE(value_of(formula, {{3}, {5}}).has_value());  // one row
  }
}

TEST(Measures, RanksStayExactWithManyRows) {
  // Without ties 1 − ρ = 6 Σ d²/(n(n² − 1)), d the differences of ranks.
  DenseColumn x(150000);
  std::iota(x.begin(), x.end(), 1.0F);
  auto y = x;
  EXPECT_NEAR(*value_of(spearman, {x, y}), 1, 1e-15);
  std::swap(y.front(), y.back());  // Σ d² = 2(n − 1)²
  const double n = 150000;
  EXPECT_NEAR(*value_of(spearman, {x, y}), 1 - 6 * 2 * (n - 1) * (n - 1) / (n * (n * n - 1)),
              1e-15);
}

TEST(Icc, KeepsItsDigitsWhereVariationIsSmall) {
  std::mt19937 random(5);
  DenseColumn x;
  DenseColumn y;
  for (int s = 0; s < 200; ++s) {
    x.push_back(static_cast<float>(random() % 5));
    y.push_back(x.back() + static_cast<float>(random() % 3));
  }
  const double plain = *value_of(icc, {x, y});
  for (auto& v : x) v += 1 << 20;  // exact in float32
  for (auto& v : y) v += 1 << 20;
  EXPECT_NEAR(*value_of(icc, {x, y}), plain, 1e-9);
}

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
  for (const auto& info : measures()) {
    SCOPED_TRACE(info.name);
    EXPECT_FALSE(info.description.empty());
    EXPECT_FALSE(info.source.empty());
    EXPECT_EQ(&find_measure(info.name), &info);
    for (const auto& column : compute_measure(info.name, example.maxima, example.totals)) {
      names.push_back(column.name);
      ASSERT_EQ(column.values.size(), 301U);
      EXPECT_FALSE(column.values.back().has_value()) << column.name;  // silent everywhere
      EXPECT_TRUE(column.values[150].has_value()) << column.name;
    }
    if (!info.uses_tokens) {
      EXPECT_EQ(compute_measure(info.name, example.maxima, {})[0].values,
                compute_measure(info.name, example.maxima, example.totals)[0].values);
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
    for (const auto& info : measures()) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(info.name)));
    }
  }
}

TEST(MeasureRegistry, NoResultDependsOnTheThreads) {
  const Example example;
  for (const auto& info : measures()) {
    const auto many = compute_measure(info.name, example.maxima, example.totals);
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    const auto single = compute_measure(info.name, example.maxima, example.totals);
    ASSERT_EQ(many.size(), single.size());
    for (std::size_t i = 0; i < many.size(); ++i) {
      EXPECT_EQ(many[i].values, single[i].values) << many[i].name;
    }
  }
}

}  // namespace
}  // namespace isogloss

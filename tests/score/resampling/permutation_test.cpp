#include "isogloss/score/resampling/permutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>
#include <numeric>
#include <random>

#include "isogloss/core/error.h"
#include "isogloss/numeric/false_discovery.h"
#include "isogloss/numeric/hypergeometric.h"
#include "isogloss/score/cofiring/stratified_tail.h"
#include "isogloss/score/resampling/kappa_statistic_internal.h"
#include "tests/score/golden_columns.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::maxima_of;
using testing::random_column;
using testing::strata_of;

/// Every feature takes all permutations.
PermutationOptions all_of(std::int64_t n, std::uint64_t seed = 1) {
  PermutationOptions options;
  options.max_permutations = n;
  options.seed = seed;
  options.risk = 0;
  return options;
}

/// Five standard errors of a share of n draws, and the one added to either count.
double slack(double p, double n) { return 5 * std::sqrt(p * (1 - p) / n) + 2 / n; }

KappaStatistic statistic_of(const Maxima& maxima, const Strata& strata) {
  StratumGatherer gatherer(strata);
  return kappa_statistic(firing_columns(maxima, 0), gatherer);
}

TEST(PermutationGolden, ExactPOverAllRePairingsOfTinyColumns) {
  constexpr std::int64_t kDraws = 200'000;
  int n_cases = 0;
  const auto golden = testing::read_golden_json("permutation.json");
  testing::for_each_golden(golden, "enumerated: ", [&](const auto& name, const auto& entry) {
    ++n_cases;
    const auto maxima = maxima_of({testing::dense_columns(entry["x"])});
    const auto strata = strata_of(entry["strata"]);
    const auto result = permutation_p_values(maxima, strata, all_of(kDraws), {});
    ASSERT_EQ(result.p[0].has_value(), !entry["p"].is_null()) << name;
    if (!result.p[0]) return;
    const double p = entry["p"];
    EXPECT_EQ(result.n_permutations[0], kDraws) << name;
    EXPECT_NEAR(*result.p[0], p, slack(p, kDraws)) << name;

    const auto statistic = statistic_of(maxima, strata);
    const double kappa = entry["kappa"];
    const double sd = entry["sd"];
    EXPECT_NEAR(statistic.observed - statistic.expected, kappa, 1e-12) << name;
    EXPECT_NEAR(statistic.standard_deviation, sd, 1e-9 * sd + 1e-12) << name;
  });
  EXPECT_EQ(n_cases, 15);
}

TEST(PermutationGolden, AsManyExceedancesAsDenseArraysHave) {
  constexpr std::int64_t kDraws = 400'000;
  int n_cases = 0;
  const auto golden = testing::read_golden_json("permutation.json");
  testing::for_each_golden(golden, "sampled: ", [&](const auto& name, const auto& entry) {
    ++n_cases;
    const auto maxima = maxima_of({testing::dense_columns(entry["x"])});
    const auto strata = strata_of(entry["strata"]);
    const auto result = permutation_p_values(maxima, strata, all_of(kDraws), {});
    const double draws = entry["draws"];
    const double p = entry["exceedances"].template get<double>() / draws;
    EXPECT_NEAR(*result.p[0], p, slack(p, kDraws) + slack(p, draws)) << name;
    EXPECT_GT(p, 1e-4) << name << " says nothing";
  });
  EXPECT_EQ(n_cases, 7);
}

/// `n_fire` rows firing alike, from row `from` on.
DenseColumn binary_column(std::int32_t n_rows, std::int32_t from, std::int32_t n_fire) {
  DenseColumn column(static_cast<std::size_t>(n_rows));
  for (auto row = from; row < from + n_fire; ++row) column[static_cast<std::size_t>(row)] = 0.7F;
  return column;
}

TEST(Permutation, OfBinaryColumnsIsTheHypergeometricTail) {
  // κ rises with the number of rows in common; all permutations with as many are ties.
  struct Case {
    std::int32_t n, a, b, common;
  };
  constexpr std::int64_t kDraws = 100'000;
  for (const auto& [n, a, b, common] :
       {Case{30, 5, 7, 3}, Case{100, 60, 70, 48}, Case{100, 95, 99, 94}, Case{2000, 60, 90, 7},
        Case{50, 1, 10, 1}, Case{50, 20, 25, 8}, Case{40, 3, 38, 2}}) {
    const auto maxima = maxima_of({{binary_column(n, 0, a), binary_column(n, a - common, b)}});
    const auto result = permutation_p_values(maxima, single_stratum(n), all_of(kDraws), {});
    const double p = hypergeometric_tail(common, a, b, n);
    EXPECT_NEAR(*result.p[0], p, slack(p, kDraws)) << n << " " << a << " " << b << " " << common;
  }
}

TEST(Permutation, OfBinaryColumnsWithinStrataIsTheStratifiedTail) {
  struct Case {
    std::vector<StratumCounts> strata;
    std::vector<std::int32_t> common;  ///< by stratum
  };
  constexpr std::int64_t kDraws = 100'000;
  const std::vector<Case> cases = {{{{30, 5, 7}, {20, 8, 4}}, {2, 3}},
                                   {{{10, 3, 4}, {10, 3, 4}, {10, 4, 3}}, {2, 1, 2}},
                                   {{{100, 60, 70}, {40, 4, 4}, {15, 15, 3}}, {44, 2, 3}},
                                   {{{500, 30, 40}, {500, 2, 90}}, {5, 1}},
                                   {{{50, 20, 25}, {50, 0, 10}, {50, 9, 1}}, {8, 0, 0}}};
  for (const auto& [counts, common] : cases) {
    std::vector<DenseColumn> columns(2);
    std::vector<std::int32_t> of_row;
    std::int64_t cofire = 0;
    for (std::size_t g = 0; g < counts.size(); ++g) {
      const auto n = static_cast<std::int32_t>(counts[g].n);
      const auto fires_a = static_cast<std::int32_t>(counts[g].fires_a);
      const auto fires_b = static_cast<std::int32_t>(counts[g].fires_b);
      const auto a = binary_column(n, 0, fires_a);
      const auto b = binary_column(n, fires_a - common[g], fires_b);
      columns[0].insert(columns[0].end(), a.begin(), a.end());
      columns[1].insert(columns[1].end(), b.begin(), b.end());
      of_row.insert(of_row.end(), a.size(), static_cast<std::int32_t>(g));
      cofire += common[g];
    }
    const auto result =
        permutation_p_values(maxima_of({columns}), strata_of(of_row), all_of(kDraws), {});
    const double p = stratified_hypergeometric_tail(cofire, counts);
    EXPECT_NEAR(*result.p[0], p, slack(p, kDraws)) << counts[0].n << " " << counts.size();
    EXPECT_GT(p, 1e-3) << "says nothing";
  }
}

TEST(Permutation, AbsentWithoutTwoLanguagesOrRoomForChance) {
  const auto maxima = maxima_of({{{1, 2, 0}, {0, 0, 0}},  // silent in one
                                 {{0, 0, 0}, {0, 0, 0}},  // in both
                                 {{2, 2, 2}, {5, 5, 5}},  // E = 1
                                 {{1, 2, 0}, {0, 1, 2}}});
  const auto result = permutation_p_values(maxima, single_stratum(3), all_of(10), {});
  for (const std::size_t f : {0, 1, 2}) {
    EXPECT_FALSE(result.p[f].has_value()) << f;
    EXPECT_EQ(result.n_permutations[f], 0) << f;
    EXPECT_EQ(result.exceedances[f], 0) << f;
  }
  EXPECT_EQ(result.n_permutations[3], 10);
  EXPECT_DOUBLE_EQ(*result.p[3], (result.exceedances[3] + 1.0) / 11);
}

TEST(Permutation, NoneAskedForGivesNone) {
  const auto maxima = maxima_of({{{1, 2, 0}, {0, 1, 2}}});
  const auto result = permutation_p_values(maxima, single_stratum(3), all_of(0), {});
  EXPECT_FALSE(result.p[0].has_value());
}

TEST(Permutation, WhereChanceCannotDoWorsePIsOne) {
  // Disjoint and in strata of one row: every permutation gives the observed M.
  const auto maxima = maxima_of({{{1, 0, 0, 0}, {0, 0, 1, 1}}, {{1, 2, 3, 0}, {3, 1, 0, 1}}});
  const auto singletons = permutation_p_values(maxima, strata_of({0, 1, 2, 3}), all_of(500), {});
  EXPECT_EQ(*singletons.p[1], 1);
  const auto plain = permutation_p_values(maxima, single_stratum(4), all_of(500), {});
  EXPECT_EQ(*plain.p[0], 1);
}

/// Features without a relation between languages, of many densities; a few silent ones.
Maxima null_features(std::int32_t n_features, std::int32_t n_rows, std::size_t n_languages,
                     unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> density(0.05, 0.9);
  std::vector<std::vector<DenseColumn>> features;
  for (std::int32_t f = 0; f < n_features; ++f) {
    std::vector<DenseColumn> languages;
    for (std::size_t l = 0; l < n_languages; ++l) {
      languages.push_back(random_column(random, n_rows, density(random)));
    }
    features.push_back(std::move(languages));
  }
  return maxima_of(features);
}

Strata stripes(std::int32_t n_rows, std::int32_t n_strata) {
  std::vector<std::int32_t> of_row(static_cast<std::size_t>(n_rows));
  for (std::size_t s = 0; s < of_row.size(); ++s) {
    of_row[s] = static_cast<std::int32_t>(s) % n_strata;
  }
  return strata_of(of_row);
}

void expect_super_uniform(const PermutationResult& result) {
  for (const double u : {0.002, 0.01, 0.05, 0.1, 0.25, 0.5, 0.9}) {
    double n = 0;
    double reached = 0;
    for (const auto& p : result.p) {
      if (!p) continue;
      ++n;
      reached += *p <= u;
    }
    EXPECT_LE(reached, n * u + 4 * std::sqrt(n * u * (1 - u)) + 1) << u;
    EXPECT_GT(n, 500);
  }
}

TEST(Permutation, IsSuperUniformUnderTheNull) {
  for (const std::size_t n_languages : {std::size_t{2}, std::size_t{3}}) {
    const auto strata = stripes(60, 4);
    const auto maxima = null_features(1500, 60, n_languages, 5);
    expect_super_uniform(permutation_p_values(maxima, strata, all_of(499), {}));
    const auto sequential = permutation_p_values(maxima, strata, {}, {});
    expect_super_uniform(sequential);
    for (const auto& q : benjamini_hochberg(sequential.p)) {
      // Absent where a feature fires in fewer than two languages.
      if (q.has_value()) {
        EXPECT_GT(*q, 0.05);
      }
    }
  }
}

TEST(Permutation, FindsPlantedFeaturesAndStopsEarlyAtTheOthers) {
  std::mt19937 random(7);
  std::vector<std::vector<DenseColumn>> features;
  for (int f = 0; f < 200; ++f) {
    auto a = random_column(random, 300, 0.2);
    auto b = f < 40 ? a : random_column(random, 300, 0.2);
    for (auto& x : b) x *= std::exp(std::normal_distribution<float>(0, 0.3F)(random));
    features.push_back({std::move(a), std::move(b)});
  }
  const auto maxima = maxima_of(features);
  PermutationOptions options;
  options.seed = 8;
  const auto result = permutation_p_values(maxima, single_stratum(300), options, {});
  const auto q = benjamini_hochberg(result.p);
  std::int64_t total = 0;
  for (std::size_t f = 0; f < 200; ++f) {
    if (f < 40) {
      EXPECT_LE(*q[f], 0.05) << f;
      EXPECT_EQ(result.exceedances[f], 0) << f;
      EXPECT_TRUE(result.decided[f]) << f;
    }
    // 1,000 exceedances end a feature: at the threshold of about 40/200·.05 after 100,000.
    EXPECT_LT(result.n_permutations[f], 150'000) << f;
    total += result.n_permutations[f];
  }
  EXPECT_LT(total / 200, 2'000);  // most are settled by a few hundred
}

TEST(Permutation, DoesNotDependOnThreadsButOnTheSeed) {
  const auto strata = stripes(60, 3);
  const auto maxima = null_features(60, 60, 3, 9);
  PermutationOptions options;
  options.max_permutations = 5000;
  const auto run = [&](std::size_t n_threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, n_threads);
    return permutation_p_values(maxima, strata, options, {});
  };
  const auto one = run(1);
  const auto four = run(4);
  EXPECT_EQ(one.exceedances, four.exceedances);
  EXPECT_EQ(one.n_permutations, four.n_permutations);
  EXPECT_EQ(one.p, four.p);
  options.seed = 1;
  EXPECT_NE(run(4).exceedances, one.exceedances);
}

TEST(Permutation, ReportsAndStopsWhenAsked) {
  const auto maxima = null_features(20, 60, 2, 10);
  std::vector<std::int64_t> left;
  RunControl control;
  control.progress = [&](const ProgressUpdate& update) {
    EXPECT_EQ(update.stage, "permutations");
    EXPECT_GE(update.total, 15);
    left.push_back(update.total - update.done);
  };
  permutation_p_values(maxima, single_stratum(60), {}, control);
  EXPECT_TRUE(std::is_sorted(left.rbegin(), left.rend()));
  EXPECT_EQ(left.back(), 0);
  const std::atomic<bool> stop = true;
  control.stop = &stop;
  EXPECT_THROW(permutation_p_values(maxima, single_stratum(60), {}, control), Error);
}

}  // namespace
}  // namespace isogloss

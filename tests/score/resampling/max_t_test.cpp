#include "isogloss/score/resampling/max_t.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>
#include <random>

#include "tests/score/golden_columns.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::maxima_of;
using testing::random_column;
using testing::strata_of;

TEST(MaxTGolden, ExactOverAllRePairingsOfSmallFamilies) {
  constexpr std::int32_t kDraws = 100'000;
  int n_cases = 0;
  const auto golden = testing::read_golden_json("permutation.json");
  testing::for_each_golden(golden, "max_t: ", [&](const auto& name, const auto& entry) {
    ++n_cases;
    const auto maxima = maxima_of(entry["x"].template get<std::vector<std::vector<DenseColumn>>>());
    const auto p = max_t_p_values(maxima, strata_of(entry["strata"]), {kDraws, 1}, {});
    ASSERT_EQ(p.size(), entry["p"].size());
    for (std::size_t f = 0; f < p.size(); ++f) {
      const double exact = entry["p"][f];
      EXPECT_NEAR(*p[f], exact, 5 * std::sqrt(exact * (1 - exact) / kDraws) + 2.0 / kDraws)
          << name << " feature " << f;
    }
  });
  EXPECT_EQ(n_cases, 2);
}

std::vector<std::vector<DenseColumn>> features(std::mt19937& random, int n, std::int32_t n_rows,
                                               std::size_t n_languages, int n_planted) {
  std::uniform_real_distribution<double> density(0.03, 0.6);
  std::vector<std::vector<DenseColumn>> result;
  for (int f = 0; f < n; ++f) {
    const double d = f < n_planted ? 0.3 : density(random);
    std::vector<DenseColumn> languages(n_languages, random_column(random, n_rows, d));
    for (std::size_t l = 0; l < n_languages && f >= n_planted; ++l) {
      languages[l] = random_column(random, n_rows, d);
    }
    result.push_back(std::move(languages));
  }
  return result;
}

TEST(MaxT, HoldsTheFamilyWiseErrorAndFindsThePlanted) {
  std::mt19937 random(2);
  int n_false = 0;
  constexpr int kFamilies = 60;
  for (int family = 0; family < kFamilies; ++family) {
    const auto maxima = maxima_of(features(random, 40, 50, 3, 4));
    const auto p = max_t_p_values(maxima, single_stratum(50), {199, 3}, {});
    bool any_false = false;
    for (std::size_t f = 0; f < p.size(); ++f) {
      if (f < 4) {
        EXPECT_LE(*p[f], 0.05);
      } else {
        any_false = any_false || (p[f] && *p[f] <= 0.05);
      }
    }
    n_false += any_false;
  }
  EXPECT_LE(n_false, 3 + 4 * std::sqrt(3 * 0.95));  // 5 % of 60, and four standard errors
}

TEST(MaxT, ManyLanguagesSomeSilentAndStrata) {
  std::mt19937 random(4);
  auto family = features(random, 12, 40, 4, 3);
  family[0][0].assign(40, 0.0F);  // the language whose rows stay is silent
  family[1][3].assign(40, 0.0F);
  family[5][1].assign(40, 0.0F);
  family[6] = std::vector<DenseColumn>(4, DenseColumn(40));
  family[7] = {DenseColumn(40), DenseColumn(40), family[7][2], DenseColumn(40)};
  std::vector<std::int32_t> of_row(40);
  for (std::size_t s = 0; s < 40; ++s) of_row[s] = static_cast<std::int32_t>(s % 3);
  const auto p = max_t_p_values(maxima_of(family), strata_of(of_row), {499, 5}, {});
  for (const std::size_t f : {0, 1, 2}) EXPECT_LE(*p[f], 0.01) << f;
  EXPECT_FALSE(p[6].has_value());
  EXPECT_FALSE(p[7].has_value());
}

TEST(MaxT, AFeatureThatChanceCannotChangeHasPOneAndNoPart) {
  const auto maxima = maxima_of({{{1, 1, 0, 0}, {0, 0, 2, 2}}, {{2, 2, 2, 2}, {3, 3, 3, 3}}});
  const auto p = max_t_p_values(maxima, strata_of({0, 0, 1, 1}), {99, 1}, {});
  EXPECT_EQ(p[0], 1.0);
  EXPECT_FALSE(p[1].has_value());
}

TEST(MaxT, DoesNotDependOnThreads) {
  std::mt19937 random(6);
  const auto maxima = maxima_of(features(random, 50, 60, 3, 0));
  const auto run = [&](std::size_t n_threads, std::uint64_t seed) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, n_threads);
    return max_t_p_values(maxima, single_stratum(60), {200, seed}, {});
  };
  EXPECT_EQ(run(1, 1), run(4, 1));
  EXPECT_NE(run(4, 1), run(4, 2));
}

}  // namespace
}  // namespace isogloss

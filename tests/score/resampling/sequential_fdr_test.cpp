#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/resampling/sequential_fdr_internal.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

TEST(StepUp, ThresholdIsWhatBenjaminiHochbergRejects) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::vector<double> p(30);
    for (auto& value : p) value = std::pow(uniform(random), 3);
    const auto q = benjamini_hochberg(std::vector<std::optional<double>>(p.begin(), p.end()));
    const double threshold = step_up_threshold(p, 0.1);
    for (std::size_t i = 0; i < p.size(); ++i) EXPECT_EQ(p[i] <= threshold, *q[i] <= 0.1) << i;
  }
  EXPECT_EQ(step_up_threshold(std::vector<double>{0.5, 0.06}, 0.05), -1);
  EXPECT_EQ(step_up_threshold({}, 0.05), -1);
}

struct Simulation {
  std::vector<std::int64_t> drawn;
  std::vector<std::int64_t> exceedances;
  std::vector<std::uint8_t> decided;
};

/// Hypotheses whose permutations exceed with known probabilities.
Simulation simulate(const std::vector<double>& p, const PermutationOptions& options) {
  std::mt19937_64 random(options.seed);
  SequentialFdr test(p.size(), options);
  Simulation result{std::vector<std::int64_t>(p.size()), std::vector<std::int64_t>(p.size()), {}};
  while (!test.open().empty()) {
    for (const auto hypothesis : test.open()) {
      const auto i = static_cast<std::size_t>(hypothesis);
      std::binomial_distribution<std::int64_t> exceed(test.target() - test.drawn(), p[i]);
      result.exceedances[i] += exceed(random);
      result.drawn[i] = test.target();
    }
    test.end_round(result.exceedances);
  }
  result.decided = test.decided();
  return result;
}

std::vector<double> mixed_p_values(int n_small, int n_all) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> p;
  for (int i = 0; i < n_all; ++i) p.push_back(uniform(random) * (i < n_small ? 1e-4 : 1));
  return p;
}

TEST(SequentialFdr, DecidesAsWithExactPValues) {
  const auto p = mixed_p_values(300, 1000);
  PermutationOptions options;
  options.seed = 3;
  for (const auto procedure :
       {FdrProcedure::kBenjaminiHochberg, FdrProcedure::kBenjaminiYekutieli}) {
    options.procedure = procedure;
    double level = 0.05;
    if (procedure == FdrProcedure::kBenjaminiYekutieli) {
      double harmonic = 0;
      for (int i = 1; i <= 1000; ++i) harmonic += 1.0 / i;
      level /= harmonic;
    }
    const double exact = step_up_threshold(p, level);
    const auto result = simulate(p, options);
    std::vector<double> estimates;
    for (std::size_t i = 0; i < p.size(); ++i) {
      estimates.push_back((static_cast<double>(result.exceedances[i]) + 1) /
                          (static_cast<double>(result.drawn[i]) + 1));
    }
    const double estimated = step_up_threshold(estimates, level);
    int n_decided = 0;
    std::int64_t n_draws = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      n_draws += result.drawn[i];
      if (!result.decided[i]) {
        EXPECT_TRUE(result.exceedances[i] >= options.enough_exceedances ||
                    result.drawn[i] == options.max_permutations);
        continue;
      }
      ++n_decided;
      EXPECT_EQ(estimates[i] <= estimated, p[i] <= exact) << i;
    }
    EXPECT_GT(n_decided, 980);
    EXPECT_LT(n_draws, 5'000'000);  // 400,000,000 without stopping
  }
}

TEST(SequentialFdr, ALoneDiscoveryTakesAllItMayAndIsFound) {
  auto p = mixed_p_values(0, 16384);
  for (auto& value : p) value = 0.05 + 0.95 * value;
  p[77] = 1e-9;
  PermutationOptions options;
  options.seed = 4;
  const auto result = simulate(p, options);
  EXPECT_EQ(result.exceedances[77], 0);
  EXPECT_EQ(result.drawn[77], 400'000);
  EXPECT_LE(1.0 / 400'001 * 16384, 0.05);
}

TEST(SequentialFdr, WithoutRiskEveryoneTakesAll) {
  PermutationOptions options;
  options.max_permutations = 1234;
  options.risk = 0;
  const auto result = simulate({0.9, 0.5, 0.001}, options);
  EXPECT_THAT(result.drawn, ::testing::Each(1234));
  EXPECT_THAT(result.decided, ::testing::Each(0));
}

TEST(SequentialFdr, KnownWellEnoughIsEnough) {
  PermutationOptions options;
  options.seed = 5;
  const auto result = simulate({0.05}, options);  // on the threshold: no number of draws decides it
  EXPECT_GE(result.exceedances[0], 1000);
  EXPECT_LT(result.drawn[0], 60'000);
  EXPECT_FALSE(result.decided[0]);
}

/// In how many rounds a lone hypothesis is drawn to the end.
int n_rounds(std::int64_t draws) {
  SequentialFdr test(1, {.max_permutations = draws, .risk = 0});
  int n = 0;
  for (; !test.open().empty(); ++n) test.end_round(std::vector<std::int64_t>{0});
  return n;
}

/// True if the interval of a lone hypothesis after its last round has `level` in it: its decision
/// is then open. `risk` is the last round's; in the earlier ones as many exceed as of p = level,
/// which leaves it open.
bool interval_has(double level, std::int64_t exceedances, std::int64_t draws, double risk) {
  SequentialFdr test(1, {.max_permutations = draws,
                         .level = level,
                         .risk = risk * n_rounds(draws),
                         .enough_exceedances = draws + 1});
  while (!test.open().empty()) {
    const auto as_of_level = std::llround(level * static_cast<double>(test.target()));
    test.end_round(std::vector<std::int64_t>{test.target() == draws ? exceedances : as_of_level});
  }
  EXPECT_EQ(test.drawn(), draws) << "decided before";
  return test.decided()[0] == 0;
}

TEST(SequentialFdrGolden, IntervalsAreScipysClopperPearson) {
  const auto golden = testing::read_golden_json("permutation.json").at("clopper_pearson");
  ASSERT_EQ(golden.size(), 39U);
  for (const auto& entry : golden) {
    SCOPED_TRACE(entry.dump());
    const std::int64_t exceedances = entry.at("exceedances");
    const std::int64_t draws = entry.at("draws");
    const auto has = [&](double level) {
      return interval_has(level, exceedances, draws, entry.at("risk"));
    };
    const auto slack = [](double p) { return 1e-9 * p + 4e-12; };  // 2e-12 is scipy's own
    const double low = entry.at("low");
    const double high = entry.at("high");
    EXPECT_TRUE(has(low + slack(low)));
    EXPECT_TRUE(has(high - slack(high)));
    if (low > slack(low)) {
      EXPECT_FALSE(has(low - slack(low)));
    }
    if (exceedances < draws) {
      EXPECT_FALSE(has(high + slack(high)));
    }
  }
}

TEST(SequentialFdr, NothingToTest) { EXPECT_TRUE(SequentialFdr(0, {}).open().empty()); }

}  // namespace
}  // namespace isogloss

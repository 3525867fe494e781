#include "isogloss/stats/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "tests/score/golden_activations.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::make_maxima;
using testing::read_golden_activations;
using testing::read_golden_json;

ThresholdState::Result thresholds_of(std::span<const float> values) {
  ThresholdState state;
  state.add(values);
  state.begin_second_pass();
  state.add(values);
  return state.finalize();
}

std::vector<float> random_values(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::lognormal_distribution<double> value(2, 3);
  std::vector<float> values(count);
  for (auto& x : values) x = static_cast<float>(value(random));
  return values;
}

/// The definition, on a sorted copy.
double quantile_of(std::vector<float> values, double q) {
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const auto high = std::min(low + 1, values.size() - 1);
  return values[low] + (place - static_cast<double>(low)) *
                           (static_cast<double>(values[high]) - static_cast<double>(values[low]));
}

TEST(ThresholdState, HandComputed) {
  const auto result = thresholds_of(std::vector<float>{4, 1, 3, 2});
  EXPECT_EQ(result.count, 4);
  EXPECT_DOUBLE_EQ(result.mean, 2.5);
  EXPECT_DOUBLE_EQ(result.quantiles[0], 1.15);  // place 0.05·3 = 0.15
  EXPECT_DOUBLE_EQ(result.quantiles[1], 1.75);
  EXPECT_DOUBLE_EQ(result.quantiles[2], 2.5);
  EXPECT_DOUBLE_EQ(result.quantiles[3], 3.25);
  EXPECT_DOUBLE_EQ(result.quantiles[4], 3.85);
}

TEST(ThresholdState, EqualsASortOnManySizes) {
  for (const std::size_t count : {1U, 2U, 3U, 20U, 21U, 1000U, 54321U}) {
    const auto values = random_values(count, static_cast<std::uint32_t>(count));
    const auto result = thresholds_of(values);
    const auto sum = std::accumulate(values.begin(), values.end(), 0.0L);
    EXPECT_NEAR(result.mean / static_cast<double>(sum / static_cast<long double>(count)), 1, 1e-15);
    for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
      EXPECT_NEAR(result.quantiles[i] / quantile_of(values, kQuantiles[i]), 1, 1e-14) << count;
    }
  }
}

TEST(ThresholdState, TiesAndTheEndsOfFloat) {
  const auto equal = thresholds_of(std::vector<float>(100, 0.1F));
  EXPECT_EQ(equal.mean, static_cast<double>(0.1F));
  EXPECT_THAT(equal.quantiles, ::testing::Each(static_cast<double>(0.1F)));

  const float tiny = std::numeric_limits<float>::denorm_min();
  const float huge = std::numeric_limits<float>::max();
  const auto ends = thresholds_of(std::vector<float>{tiny, huge, tiny});
  EXPECT_DOUBLE_EQ(ends.mean, static_cast<double>(huge) / 3);
  EXPECT_EQ(ends.quantiles[2], static_cast<double>(tiny));
  EXPECT_DOUBLE_EQ(thresholds_of(std::vector<float>{tiny, 3 * tiny}).mean,
                   2 * static_cast<double>(tiny));
}

TEST(ThresholdState, NothingGivesNoThreshold) {
  const auto result = thresholds_of({});
  EXPECT_EQ(result.count, 0);
  EXPECT_TRUE(std::isnan(result.mean));
  for (const double quantile : result.quantiles) EXPECT_TRUE(std::isnan(quantile));
}

TEST(ThresholdState, CombineEqualsOnePassToTheBit) {
  std::mt19937 random(9);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const auto values = random_values(1 + random() % 3000, random());
    const std::span<const float> all(values);
    const auto cut = random() % (values.size() + 1);
    ThresholdState a;
    ThresholdState b;
    a.add(all.first(cut));
    b.add(all.subspan(cut));
    b.combine(a);  // the other way round than one pass would go
    b.begin_second_pass();
    auto second_a = b;
    b.add(all.subspan(cut));
    second_a.add(all.first(cut));
    b.combine(second_a);
    const auto combined = b.finalize();
    const auto one_pass = thresholds_of(values);
    EXPECT_EQ(combined.count, one_pass.count);
    EXPECT_EQ(combined.mean, one_pass.mean);
    EXPECT_EQ(combined.quantiles, one_pass.quantiles);
  }
}

ThresholdState::Result all_thresholds(double value) {
  ThresholdState::Result result{.count = 1, .mean = value, .quantiles = {}};
  result.quantiles.fill(value);
  return result;
}

TEST(ThresholdSeries, SharesAreStrictlyAboveSortedAndPooledOverLanguages) {
  const auto maxima =
      make_maxima({"en", "es"}, 4, {{{2, 0, 0, 0}, {0, 0, 0, 0}}, {{3, 3, 2, 0}, {3, 3, 3, 3}}});
  const std::vector thresholds = {all_thresholds(2), all_thresholds(1), all_thresholds(3)};
  const auto groups = threshold_series(maxima, thresholds);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].group, "global");
  EXPECT_EQ(groups[1].group, "en");
  EXPECT_EQ(groups[2].group, "es");
  ASSERT_EQ(groups[0].series.size(), 6U);
  EXPECT_EQ(groups[0].series[0].name, "mean");
  EXPECT_EQ(groups[0].series[1].name, "q_0.05");
  EXPECT_EQ(groups[0].series[3].name, "q_0.5");
  EXPECT_THAT(groups[0].series[0].shares, ::testing::ElementsAre(6.0 / 8, 0));
  EXPECT_THAT(groups[1].series[2].shares, ::testing::ElementsAre(3.0 / 4, 1.0 / 4));
  EXPECT_THAT(groups[2].series[5].shares, ::testing::ElementsAre(0, 0));
}

TEST(ThresholdSeries, ComparesInFloat64) {
  const float x = 0.1F;
  const auto maxima = make_maxima({"en", "es"}, 1, {{{x}, {x}}});
  const double below = std::nextafter(static_cast<double>(x), 0);  // rounds to x in float32
  const std::vector thresholds = {all_thresholds(below), all_thresholds(x), all_thresholds(below)};
  const auto groups = threshold_series(maxima, thresholds);
  EXPECT_EQ(groups[0].series[0].shares[0], 1);
  EXPECT_EQ(groups[1].series[0].shares[0], 0);
}

TEST(StatisticsJson, KeysOrderNumbersAndNull) {
  const double third = 1.0 / 3;
  const std::vector<GroupStatistics> groups = {
      {"global", {{"mean", third, {0.5, 0.1}}, {"q_0.05", 2, {1, 0}}}},
      {"es", {{"mean", std::numeric_limits<double>::quiet_NaN(), {0, 0}}}}};
  const auto text = statistics_json(groups);
  EXPECT_LT(text.find("\"global\""), text.find("\"es\""));
  EXPECT_LT(text.find("\"mean\""), text.find("\"q_0.05\""));
  EXPECT_NE(text.find("0.3333333333333333,"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("global").at("mean").at("value").get<double>(), third);
  EXPECT_EQ(json.at("global").at("mean").at("series"), (nlohmann::json{0.5, 0.1}));
  EXPECT_TRUE(json.at("es").at("mean").at("value").is_null());
  EXPECT_EQ(json.at("es").at("mean").size(), 2U);
}

/// Statistics of real activations against numpy and torch (tools/golden/statistics_golden.py).
void expect_golden(std::int32_t n_languages, const std::string& global_name) {
  const auto activations = read_golden_activations();
  const auto golden = read_golden_json("statistics.json");
  ThresholdState pooled;
  std::vector<ThresholdState> states(static_cast<std::size_t>(n_languages));
  for (std::int32_t l = 0; l < n_languages; ++l) {
    states[static_cast<std::size_t>(l)].add(activations.values_of(l));
    pooled.combine(states[static_cast<std::size_t>(l)]);
  }
  pooled.begin_second_pass();
  std::vector<ThresholdState::Result> results(1);
  for (std::int32_t l = 0; l < n_languages; ++l) {
    auto& state = states[static_cast<std::size_t>(l)];
    state.begin_second_pass();
    state.add(activations.values_of(l));
    pooled.add(activations.values_of(l));
    results.push_back(state.finalize());
  }
  results[0] = pooled.finalize();
  const auto groups = threshold_series(activations.maxima(n_languages, 1024), results);
  ASSERT_EQ(groups.size(), static_cast<std::size_t>(n_languages) + 1);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto& expected = golden.at(g == 0 ? global_name : groups[g].group);
    EXPECT_EQ(results[g].count, expected.at("n_activations").get<std::int64_t>());
    ASSERT_EQ(groups[g].series.size(), expected.at("thresholds").size());
    for (const auto& series : groups[g].series) {
      SCOPED_TRACE(groups[g].group + " " + series.name);
      const auto& threshold = expected.at("thresholds").at(series.name);
      EXPECT_NEAR(series.value / threshold.at("value").get<double>(), 1, 1e-13);
      EXPECT_NEAR(series.value / threshold.at("torch_float32").get<double>(), 1, 1e-6);
      std::vector<double> shares;
      for (const auto& count : threshold.at("counts")) {
        shares.push_back(count.get<double>() / expected.at("n_rows").get<double>());
      }
      EXPECT_EQ(series.shares, shares);
    }
  }
}

TEST(GoldenStatistics, TwoLanguages) { expect_golden(2, "global:en,es"); }
TEST(GoldenStatistics, ThreeLanguages) { expect_golden(3, "global:en,es,de"); }

}  // namespace
}  // namespace isogloss

#include "isogloss/validation/rank_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace isogloss {
namespace {

using Numbers = std::vector<double>;

nlohmann::json golden() {
  return nlohmann::json::parse(std::ifstream(ISOGLOSS_GOLDEN_DIR "/validation.json"));
}

TEST(RankStatistics, EqualScikitLearn) {
  const auto all = golden();
  for (const auto& expected : all.at("classification")) {
    const auto positives = expected.at("positives").get<Numbers>();
    const auto negatives = expected.at("negatives").get<Numbers>();
    EXPECT_NEAR(*roc_auc(positives, negatives), expected.at("roc_auc"), 1e-12);
    EXPECT_NEAR(*average_precision(positives, negatives), expected.at("average_precision"), 1e-12);
  }
}

TEST(RankStatistics, EqualScipy) {
  const auto all = golden();
  for (const auto& expected : all.at("correlation")) {
    const auto a = expected.at("a").get<Numbers>();
    const auto b = expected.at("b").get<Numbers>();
    EXPECT_EQ(mean_ranks(a), expected.at("ranks").get<Numbers>());
    EXPECT_NEAR(*pearson(a, b), expected.at("pearson"), 1e-12);
    EXPECT_NEAR(*spearman(a, b), expected.at("spearman"), 1e-12);
  }
}

TEST(RankStatistics, UndefinedIsTheLowestRankAndTiesWithItself) {
  constexpr double kLowest = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(*roc_auc(Numbers{1, kLowest}, Numbers{kLowest, kLowest}), 0.75);
  EXPECT_EQ(*average_precision(Numbers{kLowest}, Numbers{kLowest}), 0.5);
  EXPECT_NEAR(*spearman(Numbers{kLowest, 1, 2}, Numbers{0, 5, 6}), 1, 1e-15);
}

TEST(RankStatistics, ExtremesOfTheRocArea) {
  EXPECT_EQ(*roc_auc(Numbers{2, 3}, Numbers{0, 1}), 1);
  EXPECT_EQ(*roc_auc(Numbers{0, 1}, Numbers{2, 3}), 0);
  EXPECT_EQ(*roc_auc(Numbers{1, 1}, Numbers{1}), 0.5);
  EXPECT_EQ(*average_precision(Numbers{2, 3}, Numbers{0, 1}), 1);
  EXPECT_FALSE(roc_auc(Numbers{}, Numbers{1}));
  EXPECT_FALSE(roc_auc(Numbers{1}, Numbers{}));
  EXPECT_FALSE(average_precision(Numbers{}, Numbers{1}));
}

TEST(RankStatistics, CorrelationNeedsTwoValuesThatDiffer) {
  EXPECT_FALSE(pearson(Numbers{1}, Numbers{2}));
  EXPECT_FALSE(pearson(Numbers{1, 1}, Numbers{2, 3}));
  EXPECT_FALSE(spearman(Numbers{1, 2}, Numbers{3, 3}));
}

TEST(RankStatistics, TopOverlapBreaksTiesByIndex) {
  EXPECT_EQ(top_overlap(Numbers{3, 2, 1, 0}, Numbers{3, 0, 1, 2}, 2), 0.5);
  EXPECT_EQ(top_overlap(Numbers{1, 1, 1}, Numbers{0, 2, 1}, 1), 0);
  EXPECT_EQ(top_overlap(Numbers{1, 1, 1}, Numbers{2, 2, 1}, 2), 1);
}

TEST(RankStatistics, SpearmanBrownOfKnownTests) {
  EXPECT_DOUBLE_EQ(spearman_brown(0.5), 2.0 / 3);
  EXPECT_EQ(spearman_brown(1), 1);
  EXPECT_EQ(spearman_brown(0), 0);
}

TEST(RankStatistics, RepeatedHasMeanAndSampleDeviation) {
  Repetitions values;
  values.add(1);
  EXPECT_FALSE(values.sd());
  values.add(2);
  values.add(6);
  EXPECT_EQ(values.count(), 3);
  EXPECT_EQ(values.mean(), 3);
  EXPECT_DOUBLE_EQ(*values.sd(), std::sqrt(7.0));
}

}  // namespace
}  // namespace isogloss

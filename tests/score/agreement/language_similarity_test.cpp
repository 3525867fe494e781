#include "isogloss/score/agreement/language_similarity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isogloss/score/agreement/agreement.h"

namespace isogloss {
namespace {

using ::testing::ElementsAre;

PairScores pair(std::int32_t a, std::int32_t b, std::optional<double> kappa, double n_eff) {
  PairScores scores;
  scores.language_a = a;
  scores.language_b = b;
  scores.agreement_stratified_raw = kappa;
  scores.agreement_raw = 0.99;  // not the one that counts
  scores.n_eff = n_eff;
  return scores;
}

TEST(SharedFeatures, MeanOfTheShrunkScoresOfFeaturesThatFireInBoth) {
  const std::vector<PairScores> pairs = {pair(0, 1, 0.8, 3), pair(0, 1, -0.5, 10),
                                         pair(0, 1, std::nullopt, 5), pair(0, 2, 0.6, 6)};
  SharedFeatures shared(3, 1, 3);
  shared.add(std::span(pairs).first(1));  // in parts, as a file gives them
  shared.add(std::span(pairs).subspan(1));
  const auto result = shared.similarity();
  EXPECT_DOUBLE_EQ(*result.similarity[1], 0.4 / 3);  // 0.8·3/6; below chance and undefined: 0
  EXPECT_EQ(result.similarity[3], result.similarity[1]);
  EXPECT_DOUBLE_EQ(*result.similarity[2], 0.4);
  EXPECT_FALSE(result.similarity[5].has_value());  // no feature fires in both 1 and 2
  EXPECT_EQ(result.similarity[0], 1);
  EXPECT_THAT(result.n_features, ElementsAre(0, 3, 1, 3, 0, 0, 1, 0, 0));
}

TEST(SharedFeatures, CountsLanguagesWithAPartner) {
  std::vector<PairScores> pairs = {
      pair(0, 1, 0.6, 3),   // .3 after shrinkage: shared
      pair(0, 2, 0.59, 3),  // just not
      pair(2, 3, 0.9, 30),  // apart from the first pair, and counted with it
      pair(0, 3, std::nullopt, 30)};
  for (auto other : {pair(0, 1, 0.59, 3), pair(1, 3, -0.9, 30)}) {
    other.feature = 1;
    pairs.push_back(other);
  }
  SharedFeatures shared(4, 3, 3);
  shared.add(pairs);
  EXPECT_THAT(shared.languages_sharing(), ElementsAre(4, 0, 0));
}

LanguageSimilarity of_matrix(std::int32_t n, std::vector<std::optional<double>> similarity) {
  return {n, std::move(similarity), std::vector<std::int64_t>(static_cast<std::size_t>(n * n))};
}

TEST(AverageLinkage, ByHand) {
  // 0–1 at .2; then {0, 1}–2 at (.4 + .6)/2 = .5.
  const auto merges = average_linkage(of_matrix(3, {1, .8, .6, .8, 1, .4, .6, .4, 1}));
  ASSERT_EQ(merges.size(), 2U);
  EXPECT_EQ(merges[0].left, 0);
  EXPECT_EQ(merges[0].right, 1);
  EXPECT_NEAR(merges[0].height, 0.2, 1e-15);
  EXPECT_EQ(merges[0].size, 2);
  EXPECT_EQ(merges[1].left, 2);
  EXPECT_EQ(merges[1].right, 3);
  EXPECT_NEAR(merges[1].height, 0.5, 1e-15);
  EXPECT_EQ(merges[1].size, 3);
}

TEST(AverageLinkage, TiesMergeTheSmallestNumbersAndAbsentIsFarthest) {
  const std::optional<double> none;
  const auto merges = average_linkage(
      of_matrix(4, {1, .5, none, none, .5, 1, none, none, none, none, 1, .5, none, none, .5, 1}));
  EXPECT_THAT(merges, ElementsAre(ClusterMerge{0, 1, .5, 2}, ClusterMerge{2, 3, .5, 2},
                                  ClusterMerge{4, 5, 1, 4}));
}

TEST(AverageLinkage, OneLanguageHasNothingToMerge) {
  EXPECT_TRUE(average_linkage(of_matrix(1, {1})).empty());
}

}  // namespace
}  // namespace isogloss

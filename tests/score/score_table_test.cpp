#include "isogloss/score/score_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>

#include "isogloss/core/error.h"
#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/agreement/agreement.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::OwnedColumn;
using testing::random_column;

using Features = std::vector<std::vector<DenseColumn>>;

ScoreTable score(const Maxima& maxima, double lambda = 3) {
  return score_features({maxima},
                        {.shrinkage_lambda = lambda, .max_permutations = 0, .n_bootstrap = 0}, {});
}

Features random_features(std::size_t n_languages, std::int32_t n_rows, int n_features) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> density(0, 0.5);
  Features features;
  for (int f = 0; f < n_features; ++f) {
    std::vector<DenseColumn> feature;
    for (std::size_t l = 0; l < n_languages; ++l) {
      feature.push_back(f % 7 == static_cast<int>(l)
                            ? DenseColumn(static_cast<std::size_t>(n_rows))
                            : random_column(random, n_rows, density(random)));
    }
    features.push_back(std::move(feature));
  }
  return features;
}

TEST(ScoreTable, TwoLanguagesByHand) {
  // p = (¼, ¾, 0), q = (½, 0, ½): κ = −½ (see PairAgreement.HandComputed). Effective rows 16/10
  // and 2: harmonic mean 2/(1/1.6 + 1/2) = 16/9. Firing 2 and 2 of 3, at least 1 must meet: p = 1.
  const auto table = score(make_maxima({"en", "es"}, 3, {{{1, 3, 0}, {2, 0, 2}}}));
  EXPECT_EQ(table.languages, (std::vector<std::string>{"en", "es"}));
  EXPECT_EQ(table.n_rows, 3);
  EXPECT_EQ(table.alive[0], 1);
  EXPECT_EQ(table.n_languages_active[0], 2);
  EXPECT_DOUBLE_EQ(*table.agreement_raw[0], -0.5);
  EXPECT_EQ(table.agreement[0], 0);
  EXPECT_DOUBLE_EQ(*table.overlap[0], 0.25);
  EXPECT_DOUBLE_EQ(*table.overlap_expected[0], 0.5);
  EXPECT_DOUBLE_EQ(*table.n_eff[0], 16.0 / 9);
  EXPECT_EQ(table.cofire[0], 1);
  EXPECT_EQ(*table.p_cofire[0], 1);
  EXPECT_EQ(*table.q_cofire[0], 1);
  EXPECT_EQ(table.active[0][0], 2);
  EXPECT_EQ(table.active[1][0], 2);
  EXPECT_EQ(table.max[0][0], 3);
  EXPECT_EQ(table.max[1][0], 2);
  EXPECT_EQ(*table.bi_rank[0], 0);
}

TEST(ScoreTable, ShrinksAfterTheMeanOverPairs) {
  const Features features = {{{1, 0, 0, 0, 2}, {2, 0, 1, 0, 2}, {0, 0, 1, 3, 1}}};
  const auto table = score(make_maxima({"en", "es", "de"}, 5, features), 2);
  const auto pair = [&](std::size_t i, std::size_t j) {
    return pair_agreement(OwnedColumn(features[0][i]).view(), OwnedColumn(features[0][j]).view(),
                          5);
  };
  const double kappa = (*pair(0, 1).kappa + *pair(0, 2).kappa + *pair(1, 2).kappa) / 3;
  const double n_eff = 3 / (5.0 / 9 + 9.0 / 25 + 11.0 / 25);  // Σx²/(Σx)² of each language
  EXPECT_NEAR(*table.agreement_raw[0], kappa, 1e-15);
  EXPECT_NEAR(*table.n_eff[0], n_eff, 1e-14);
  EXPECT_NEAR(table.agreement[0], std::max(0.0, kappa * n_eff / (n_eff + 2)), 1e-15);
  EXPECT_GT(table.agreement[0], 0);
  EXPECT_NEAR(*table.overlap[0], (pair(0, 1).overlap + pair(0, 2).overlap + pair(1, 2).overlap) / 3,
              1e-15);
  EXPECT_EQ(table.cofire[0], 1);  // only the last sentence fires all three
}

TEST(ScoreTable, MoreThanTwoLanguagesPayForEveryPair) {
  // English and Spanish fire the same 3 of 12 sentences: p = 1/C(12,3) = 1/220. German is silent,
  // yet three pairs could have been asked.
  const DenseColumn on = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const DenseColumn off(12, 0);
  const auto table = score(make_maxima({"en", "es", "de"}, 12, {{on, on, off}, {on, off, off}}));
  EXPECT_EQ(table.alive[0], 0);
  EXPECT_EQ(table.n_languages_active[0], 2);
  EXPECT_NEAR(*table.p_cofire[0], 3.0 / 220, 1e-16);
  EXPECT_FALSE(table.q_cofire[0].has_value());  // q is over live features
  EXPECT_NEAR(*table.agreement_raw[0], 1, 1e-15);
  EXPECT_EQ(table.cofire[0], 0);
  EXPECT_FALSE(table.bi_loss[0].has_value());

  EXPECT_FALSE(table.p_cofire[1].has_value());
  EXPECT_FALSE(table.agreement_raw[1].has_value());
  EXPECT_FALSE(table.n_eff[1].has_value());
  EXPECT_FALSE(table.overlap[1].has_value());
  EXPECT_EQ(table.agreement[1], 0);
}

TEST(ScoreTable, AnUndefinedKappaScoresZeroButKeepsItsEvidence) {
  const DenseColumn even(6, 2.0F);
  const auto table = score(make_maxima({"en", "es"}, 6, {{even, even}}));
  EXPECT_FALSE(table.agreement_raw[0].has_value());
  EXPECT_EQ(table.agreement[0], 0);
  EXPECT_DOUBLE_EQ(*table.overlap[0], 1);
  EXPECT_EQ(*table.overlap_expected[0], 1);
  EXPECT_DOUBLE_EQ(*table.n_eff[0], 6);
  EXPECT_EQ(table.alive[0], 1);
}

TEST(ScoreTable, OneSentence) {
  const auto table = score(make_maxima({"en", "es"}, 1, {{{2}, {3}}, {{2}, {0}}}));
  EXPECT_FALSE(table.agreement_raw[0].has_value());
  EXPECT_EQ(*table.p_cofire[0], 1);
  EXPECT_TRUE(std::isfinite(*table.bi_loss[0]));
}

TEST(ScoreTable, RanksByAgreementThenSignedKappaThenFeature) {
  const DenseColumn silent(4, 0);
  const Features features = {
      {silent, silent},              // 0: undefined
      {{1, 0, 0, 0}, {0, 1, 0, 0}},  // 1: κ = −1/3, far below chance
      {{1, 1, 0, 0}, {1, 1, 0, 0}},  // 2: κ = 1, two sentences
      {{4, 2, 1, 3}, {1, 4, 2, 3}},  // 3: κ = −1/5, less far below
      {{1, 1, 1, 0}, {1, 1, 1, 0}},  // 4: κ = 1, three sentences
      {{1, 1, 0, 0}, {1, 1, 0, 0}},  // 5: as feature 2
      {{1, 0, 0, 0}, silent},        // 6: undefined
  };
  const auto table = score(make_maxima({"en", "es"}, 4, features));
  ASSERT_GT(*table.agreement_raw[3], *table.agreement_raw[1]);
  EXPECT_THAT(features_by_rank(table), ::testing::ElementsAre(4, 2, 5, 3, 1, 0, 6));
  EXPECT_THAT(table.agreement_rank, ::testing::ElementsAre(5, 4, 1, 3, 0, 2, 6));
}

TEST(ScoreTable, QIsBenjaminiHochbergOverLiveFeaturesOnly) {
  const auto maxima = make_maxima({"en", "es"}, 40, random_features(2, 40, 60));
  const auto table = score(maxima);
  std::vector<std::optional<double>> live;
  for (std::size_t f = 0; f < 60; ++f) {
    ASSERT_EQ(table.q_cofire[f].has_value(), table.alive[f] == 1) << f;
    if (table.alive[f]) live.push_back(table.p_cofire[f]);
  }
  ASSERT_LT(live.size(), 60U);
  const auto expected = benjamini_hochberg(live);
  std::size_t next = 0;
  for (std::size_t f = 0; f < 60; ++f) {
    if (table.alive[f]) {
      EXPECT_EQ(table.q_cofire[f], expected[next++]);
    }
  }
}

TEST(ScoreTable, NumberOfThreadsDoesNotChangeABit) {
  const auto maxima = make_maxima({"en", "es", "de"}, 60, random_features(3, 60, 3000));
  const auto table = score(maxima);
  const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
  const auto alone = score(maxima);
  EXPECT_EQ(table.agreement_raw, alone.agreement_raw);
  EXPECT_EQ(table.agreement_rank, alone.agreement_rank);
  EXPECT_EQ(table.overlap_expected, alone.overlap_expected);
  EXPECT_EQ(table.p_cofire, alone.p_cofire);
  EXPECT_EQ(table.q_cofire, alone.q_cofire);
  EXPECT_EQ(table.bi_loss, alone.bi_loss);
  EXPECT_EQ(table.bi_rank, alone.bi_rank);
  EXPECT_EQ(table.bi_loss_text, alone.bi_loss_text);
}

/// Three languages, 60 rows in two documents, lengths 1 … 60.
RowTraits three_languages_in_two_documents() {
  RowTraits traits;
  traits.n_tokens.assign(3, std::vector<std::int32_t>(60));
  for (auto& lengths : traits.n_tokens) std::iota(lengths.begin(), lengths.end(), 1);
  traits.document.assign(60, 0);
  std::fill(traits.document.begin() + 30, traits.document.end(), 1);
  return traits;
}

TEST(ScoreTable, StratifiedColumnsAgreeWithThePairsTheyComeFrom) {
  const auto maxima = make_maxima({"en", "es", "de"}, 60, random_features(3, 60, 40));
  const auto traits = three_languages_in_two_documents();
  std::vector<PairScores> pairs;
  const ScoringOptions options{.max_permutations = 200, .n_bootstrap = 50, .measures = {"phi"}};
  const auto table = score_features({maxima, &traits, nullptr,
                                     [&](std::span<const PairScores> some) {
                                       pairs.insert(pairs.end(), some.begin(), some.end());
                                     }},
                                    options, {});
  EXPECT_GT(table.effective_strata, 2);
  ASSERT_FALSE(pairs.empty());
  EXPECT_TRUE(std::ranges::is_sorted(pairs, {}, &PairScores::feature));
  for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
    const auto f = static_cast<std::size_t>(feature);
    double sum = 0;
    double smallest = 2;
    int n = 0;
    for (const auto& pair : pairs) {
      if (pair.feature != feature || !pair.agreement_stratified_raw) continue;
      sum += *pair.agreement_stratified_raw;
      smallest = std::min(smallest, *pair.agreement_stratified_raw);
      ++n;
    }
    ASSERT_EQ(table.agreement_stratified_raw[f].has_value(), n > 0) << feature;
    ASSERT_EQ(table.p_agreement[f].has_value(), n > 0) << feature;
    if (n == 0) continue;
    EXPECT_NEAR(*table.agreement_stratified_raw[f], sum / n, 1e-12) << feature;
    EXPECT_EQ(*table.agreement_min[f], smallest) << feature;
    EXPECT_LE(*table.p_agreement[f], *table.q_agreement[f]) << feature;
    if (table.agreement_low[f]) {
      EXPECT_LT(*table.agreement_low[f], *table.agreement_high[f]);
    }
  }
  ASSERT_EQ(table.measures.size(), 1U);
  EXPECT_EQ(table.measures.front().name, "phi");
}

TEST(ScoreTable, TheNullModelDecidesTheStrata) {
  const auto maxima = make_maxima({"en", "es", "de"}, 60, random_features(3, 60, 5));
  const auto traits = three_languages_in_two_documents();
  const auto strata_of = [&](NullModel model) {
    return score_features({maxima, &traits},
                          {.null_model = model, .max_permutations = 0, .n_bootstrap = 0}, {})
        .effective_strata;
  };
  EXPECT_EQ(strata_of(NullModel::kPlain), 1);
  EXPECT_GT(strata_of(NullModel::kLength), 1);
  const auto plain = score_features({maxima, &traits},
                                    {.null_model = NullModel::kPlain, .max_permutations = 0}, {});
  EXPECT_EQ(plain.agreement, plain.agreement_stratified);
}

TEST(ScoreTable, AnUnknownMeasureIsRefused) {
  const auto maxima = make_maxima({"en", "es"}, 10, random_features(2, 10, 3));
  EXPECT_THROW(score_features({maxima}, {.measures = {"kapa"}}, {}), Error);
}

TEST(ScoreTable, ReportsProgressAndStopsWhenAsked) {
  const auto maxima = make_maxima({"en", "es"}, 10, random_features(2, 10, 1500));
  std::atomic<bool> stop = false;
  std::vector<std::int64_t> done;
  const RunControl control{.progress =
                               [&](const ProgressUpdate& update) {
                                 done.push_back(update.done);
                                 EXPECT_EQ(update.total, 1500);
                               },
                           .warn = {},
                           .stop = &stop};
  score_features({maxima}, {.max_permutations = 0, .n_bootstrap = 0}, control);
  EXPECT_THAT(done, ::testing::ElementsAre(512, 1024, 1500));
  stop = true;
  try {
    score_features({maxima}, {}, control);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInterrupted);
  }
}

}  // namespace
}  // namespace isogloss

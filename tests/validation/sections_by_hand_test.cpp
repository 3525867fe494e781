// What sections find on examples so small that the number can be worked out by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/validation/validation.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;

using Features = std::vector<std::vector<DenseColumn>>;  ///< [feature][language][row]

/// The one row that fits.
Finding find(const std::vector<Finding>& findings, const std::string& variant,
             const std::string& quantity, const std::string& score, const std::string& condition,
             std::optional<double> at = {}) {
  std::vector<Finding> rows;
  std::ranges::copy_if(findings, std::back_inserter(rows), [&](const Finding& row) {
    return row.variant == variant && row.quantity == quantity && row.score == score &&
           row.condition == condition && row.at == at;
  });
  EXPECT_EQ(rows.size(), 1U) << variant << ", " << quantity << ", " << score << ", " << condition;
  return rows.empty() ? Finding{} : rows.front();
}

/// Ten short sentences, then ten long ones: two strata. One feature that fires alike in both
/// languages on the given sentences.
ValidationRun two_strata(const std::vector<std::size_t>& rows) {
  DenseColumn column(20);
  for (const auto row : rows) column[row] = 1;
  ValidationRun run;
  run.manifest.scoring = ScoringOptions{.null_model = NullModel::kLength, .max_permutations = 0};
  run.observed.maxima = make_maxima({"a", "b"}, 20, {{column, column}});
  std::vector<std::int32_t> lengths(20, 5);
  std::fill(lengths.begin() + 10, lengths.end(), 50);
  run.observed.traits.n_tokens = {lengths, lengths};
  run.table = score_observed(run.observed, *run.manifest.scoring, {});
  run.scores = all_scores(run.table);
  return run;
}

constexpr int kRePairings = 400;

TEST(NullSection, RePairingWithinStrataKeepsWhatFillsAStratum) {
  const auto findings = null_findings(two_strata({10, 11, 12, 13, 14, 15, 16, 17, 18, 19}),
                                      {.n_permutations = kRePairings}, {});
  const auto within = find(findings, "within strata", "mean", "agreement_raw", "permuted");
  EXPECT_NEAR(within.value, 1, 1e-14);
  EXPECT_NEAR(*within.sd, 0, 1e-14);
  // P(10 of 10 in common) = 1/184756.
  EXPECT_EQ(find(findings, "within strata", "share_at_most", "p_cofire", "", 0.001).value, 1);
  EXPECT_EQ(find(findings, "within strata", "any_discovery", "p_cofire", "", 0.05).value, 1);
  // Of any two sentences x of 10 meet, x hypergeometric with mean 5 and variance 10·¼·10/19;
  // κ = x/5 − 1.
  const double sd = std::sqrt(25.0 / 19) / 5;
  const auto any = find(findings, "", "mean", "agreement_raw", "permuted");
  EXPECT_NEAR(any.value, 0, 4 * sd / std::sqrt(kRePairings));
  EXPECT_NEAR(*any.sd, sd, 4 * sd / std::sqrt(2 * kRePairings));
  EXPECT_LT(find(findings, "", "share_at_most", "p_cofire", "", 0.001).value, 0.01);
}

TEST(NullSection, WithinStrataStratifiedKappaIsChanceAndThePlainOneIsNot) {
  // On 5 of 10 long sentences. Within strata x of 5 meet, x hypergeometric with mean 2½ and
  // variance 25/36. M = x/5; E is ¼, of long sentences only ½.
  const auto findings =
      null_findings(two_strata({10, 12, 14, 16, 18}), {.n_permutations = kRePairings}, {});
  const double sd = 5.0 / 6 / 5;
  const double error = sd / std::sqrt(kRePairings);
  const auto mean = [&](const std::string& variant, const std::string& score) {
    return find(findings, variant, "mean", score, "permuted").value;
  };
  EXPECT_NEAR(mean("within strata", "agreement_stratified_raw"), 0, 4 * error / 0.5);
  EXPECT_NEAR(mean("within strata", "agreement_raw"), 1.0 / 3, 4 * error / 0.75);
  // Of any two sentences 1¼ of 5 meet on average, with variance 5·¼·¾·15/19. That is a draw within
  // strata too, of whatever went into them, whose E is ½ at most.
  const double error_of_any = std::sqrt(225.0 / 304) / 5 / std::sqrt(kRePairings);
  EXPECT_NEAR(mean("", "agreement_raw"), 0, 4 * error_of_any / 0.75);
  EXPECT_NEAR(mean("", "agreement_stratified_raw"), 0, 4 * error_of_any / 0.5);
}

/// A run of which only the scores are asked, all features alive. Densities do not matter.
ValidationRun scored(std::vector<double> score) {
  ValidationRun run;
  run.table.n_rows = 10;
  run.table.alive.assign(score.size(), 1);
  run.table.active.assign(2, std::vector<std::int32_t>(score.size(), 1));
  run.scores.push_back({"score", std::move(score), true, false});
  return run;
}

ValidationRun sentences(std::int32_t n_rows, const Features& features) {
  ValidationRun run;
  run.observed.maxima = make_maxima({"a", "b"}, n_rows, features);
  return run;
}

/// Share of sentences found by `condition` of the score.
double found(const ValidationRun& run, const ValidationRun& other, const std::string& condition) {
  return find(retrieval_findings(run, other, {.n_draws = 1}, {}), "", "mexa", "score", condition)
      .value;
}

TEST(RetrievalSection, WithoutCopiedWordsTakesTheOtherMaxima) {
  // Every sentence has a feature of its own; without copied words the first of four has none left
  // in one language.
  const DenseColumn silent(4);
  const Features whole = {{{1, 0, 0, 0}, {2, 0, 0, 0}},
                          {{0, 1, 0, 0}, {0, 2, 0, 0}},
                          {{0, 0, 1, 0}, {0, 0, 2, 0}},
                          {{0, 0, 0, 1}, {0, 0, 0, 2}}};
  auto unshared = whole;
  unshared[0][1] = silent;
  auto other = sentences(4, whole);
  const auto run = scored({1, 1, 1, 1});
  for (const auto& row : retrieval_findings(run, other, {.n_draws = 1}, {})) {
    EXPECT_EQ(row.variant, "");  // copied words are not known
  }
  other.unshared = make_maxima({"a", "b"}, 4, unshared);
  const auto findings = retrieval_findings(run, other, {.n_draws = 1}, {});
  EXPECT_EQ(find(findings, "", "mexa", "", "unweighted").value, 1);
  EXPECT_EQ(find(findings, "without copied words", "mexa", "", "unweighted").value, 0.75);
  EXPECT_EQ(find(findings, "", "mexa", "score", "weighted").value, 1);
  EXPECT_EQ(find(findings, "without copied words", "mexa", "score", "weighted").value, 0.75);
}

/// The first of two sentences is (strength, 1) in language a, the second silent; in b they are
/// (0, 1) and (1, 0). The first is found if the second feature's weight is more than `strength`
/// times the first's, the second never.
ValidationRun tells_weights(float strength) {
  return sentences(2, {{{strength, 0}, {0, 1}}, {{1, 0}, {1, 0}}});
}

TEST(RetrievalSection, RankWeightsAreSharesOfFeaturesBelow) {
  // Ranks 1 and 2 of two are ½/2 and 1½/2, whatever the scores, which weigh 2:3 themselves.
  const auto run = scored({0.2, 0.3});
  EXPECT_EQ(found(run, tells_weights(2.99F), "rank-weighted"), 0.5);
  EXPECT_EQ(found(run, tells_weights(3.01F), "rank-weighted"), 0);
  EXPECT_EQ(found(run, tells_weights(1.49F), "weighted"), 0.5);
  EXPECT_EQ(found(run, tells_weights(1.51F), "weighted"), 0);
  // Ties share their mean.
  const auto ties = scored({0.3, 0.3});
  EXPECT_EQ(found(ties, tells_weights(0.99F), "rank-weighted"), 0.5);
  EXPECT_EQ(found(ties, tells_weights(1.01F), "rank-weighted"), 0);
  // Below chance a feature has no weight by its score, but one by its rank; undefined it has none.
  EXPECT_EQ(found(scored({-1, 0.1}), tells_weights(1000), "weighted"), 0.5);
  EXPECT_EQ(found(scored({-1, 0.1}), tells_weights(3.01F), "rank-weighted"), 0);
  EXPECT_EQ(found(scored({kUndefined, 0.1}), tells_weights(1000), "rank-weighted"), 0.5);
}

/// 200 features, every fifth dead; of the 160 live ones 16 are in each tenth by density. Neither
/// language's firing alone has their order. The score's best 16 are ten of the tenth 2 and six
/// of 7.
struct Densities {
  ValidationRun run;
  std::vector<std::int32_t> live;

  Densities() {
    run.table.n_rows = 1000;
    run.table.active.resize(2);
    std::vector<double> score;
    for (std::int32_t f = 0; f < 200; ++f) {
      const bool alive = f % 5 != 4;
      run.table.alive.push_back(alive ? 1 : 0);
      const auto apart = f * 37 % 101;
      run.table.active[0].push_back(f + 1 + apart);
      run.table.active[1].push_back(alive ? f + 101 - apart : 0);
      score.push_back(-f);
      if (!alive) continue;
      const auto place = static_cast<std::int32_t>(live.size());
      if (place / 16 == 2 && place % 16 < 10) score.back() = 1000 + f;
      if (place / 16 == 7 && place % 16 < 6) score.back() = 1000 - f;
      live.push_back(f);
    }
    run.scores.push_back({"score", std::move(score), false, false});
  }

  /// As many sentences as live features; those `tell` accepts, by place, have each a sentence that
  /// no other has: of features taken the share found is how many of them are told.
  template <class Tell>
  ValidationRun told_by(const Tell& tell) const {
    const auto n_rows = static_cast<std::int32_t>(live.size());
    Features features(200, std::vector<DenseColumn>(2, DenseColumn(live.size())));
    for (std::size_t place = 0; place < live.size(); ++place) {
      if (!tell(place)) continue;
      for (auto& column : features[static_cast<std::size_t>(live[place])]) column[place] = 1;
    }
    return sentences(n_rows, features);
  }
};

TEST(RetrievalSection, RandomFeaturesHaveTheDensitiesOfTheBest) {
  const Densities densities;
  const auto of = [&](const ValidationRun& other, const std::string& condition) {
    return find(retrieval_findings(densities.run, other, {.n_draws = 8}, {}), "", "mexa", "score",
                condition, 16);
  };
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    SCOPED_TRACE(tenth);
    const auto random =
        of(densities.told_by([&](std::size_t place) { return place / 16 == tenth; }), "random");
    const double n_told = tenth == 2 ? 10 : tenth == 7 ? 6 : 0;
    EXPECT_NEAR(random.value, n_told / 160, 1e-15);
    EXPECT_NEAR(*random.sd, 0, 1e-15);
    EXPECT_EQ(random.n_repetitions, 8);
  }
  // Of the best themselves ten sixteenths of ten and six sixteenths of six are drawn on average,
  // with variances 10·(10/16)·(6/16)·(6/15) and 6·(6/16)·(10/16)·(10/15).
  const auto best = densities.told_by([](std::size_t place) {
    return (place / 16 == 2 && place % 16 < 10) || (place / 16 == 7 && place % 16 < 6);
  });
  EXPECT_EQ(of(best, "top").value, 16.0 / 160);
  const double error = std::sqrt((60 * 60.0 / (256 * 15) + 60 * 60.0 / (256 * 15)) / 8);
  EXPECT_NEAR(of(best, "random").value * 160, 136.0 / 16, 4 * error);
}

/// One feature in two languages on six sentences, alive, and one that fires in one language only.
ValidationRun of_columns(const DenseColumn& first, const DenseColumn& second) {
  ValidationRun run;
  run.manifest.scoring = ScoringOptions{.null_model = NullModel::kPlain, .max_permutations = 0};
  const DenseColumn silent(first.size());
  run.observed.maxima = make_maxima({"a", "b"}, static_cast<std::int32_t>(first.size()),
                                    {{first, second}, {second, silent}});
  const std::vector<std::int32_t> lengths(first.size(), 5);
  run.observed.traits.n_tokens = {lengths, lengths};
  run.table = score_observed(run.observed, *run.manifest.scoring, {});
  run.scores = all_scores(run.table);
  return run;
}

TEST(RoundingSection, CountsFiringsAndDifferences) {
  auto a = of_columns({2, 0, 0, 1, 0, 0}, {4, 0, 0, 0, 1, 0});
  auto b = of_columns({2, 0, 0, 0, 0, 3}, {3, 0, 0, 0, 1, 0});
  a.name = "a";
  b.name = "b";
  b.manifest.inputs.exact = true;
  const auto findings = rounding_findings(a, b);
  // Language a of feature 0: one sentence in both, two in one run; the three others: two in both.
  EXPECT_DOUBLE_EQ(find(findings, "exact", "firings_changed", "", "").value, 2.0 / 7);
  // 0, 0.25, 0, 0.25, 0 of the larger.
  EXPECT_DOUBLE_EQ(find(findings, "exact", "median_change", "", "").value, 0);
  // Only feature 0 is alive.
  const auto raw = [](const ValidationRun& run) { return *run.table.agreement_raw[0]; };
  ASSERT_NE(raw(a), raw(b));
  for (const double at : {0.5, 1.0}) {
    const auto found = find(findings, "exact", "difference", "agreement_raw", "", at);
    EXPECT_DOUBLE_EQ(found.value, std::abs(raw(a) - raw(b)));
    EXPECT_EQ(found.run, "a");
    EXPECT_EQ(found.other_run, "b");
  }
  EXPECT_TRUE(std::ranges::none_of(findings, [](const Finding& row) {
    return row.quantity == "spearman";  // of one feature
  }));
}

TEST(RoundingSection, RefusesOtherSentences) {
  const auto run = of_columns({2, 0, 0, 1}, {4, 0, 0, 0});
  auto other = run;
  other.observed.traits.n_tokens[1][2] = 6;
  EXPECT_NO_THROW(check_same_sentences(run, run));
  EXPECT_THROW(check_same_sentences(run, other), Error);
  other = run;
  other.observed.maxima.samples.back() += 1;
  EXPECT_THROW(check_same_sentences(run, other), Error);
}

}  // namespace
}  // namespace isogloss

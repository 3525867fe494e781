// What each section finds on data whose answer is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <atomic>
#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/validation/planted.h"
#include "isogloss/validation/validation.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using Findings = std::vector<Finding>;

constexpr std::int32_t kShared = 60;
constexpr std::int32_t kChance = 300;

/// A run in memory: kShared features that the languages share, then kChance as dense ones that they
/// do not, and `kChance` features that fire everywhere more or less.
ValidationRun make_run(const std::string& name, std::int32_t n_rows, std::uint64_t seed) {
  Random random(seed, 0);
  auto planted = plant({{.density = 0.08, .recall = 0.85, .noise = 0.1, .correlation = 0.8}},
                       n_rows, kShared, kChance, random);
  ValidationRun run;
  run.name = name;
  run.manifest.scoring = ScoringOptions{};
  run.manifest.scoring->max_permutations = 0;
  run.manifest.inputs.languages = planted.maxima.languages;
  run.observed.maxima = std::move(planted.maxima);
  run.table = score_observed(run.observed, *run.manifest.scoring, {});
  run.scores = all_scores(run.table);
  return run;
}

/// The one row that fits.
Finding row_of(const Findings& findings, const std::string& quantity, const std::string& score,
               const std::string& condition = "", std::optional<double> at = {}) {
  Findings rows;
  for (const auto& row : findings) {
    if (row.quantity == quantity && row.score == score && row.condition == condition &&
        row.at == at && row.variant.empty()) {
      rows.push_back(row);
    }
  }
  EXPECT_EQ(rows.size(), 1u) << quantity << ", " << score << ", " << condition;
  return rows.empty() ? Finding{} : rows.front();
}

TEST(NullSection, RePairedSentencesHaveNoAgreement) {
  const auto run = make_run("run", 200, 1);
  const auto findings = null_findings(run, {.n_permutations = 40}, {});
  const auto kappa = row_of(findings, "mean", "agreement_raw", "permuted");
  EXPECT_EQ(kappa.n_repetitions, 40);
  EXPECT_NEAR(kappa.value, 0, 4 * *kappa.sd / std::sqrt(40));
  EXPECT_GT(row_of(findings, "mean", "agreement_raw", "as translated").value, 0.05);
  // Super-uniform within what 40 permutations can tell, and far from it if the pairs had stayed.
  const auto share = row_of(findings, "share_at_most", "p_cofire", "", 0.05);
  EXPECT_LE(share.value, 0.05 + 4 * *share.sd / std::sqrt(40));
  EXPECT_GT(share.value, 0.01);
  EXPECT_LT(row_of(findings, "largest_excess", "p_cofire").value, 0.03);
  EXPECT_LT(row_of(findings, "any_discovery", "p_cofire", "", 0.05).value, 0.3);
}

TEST(ReliabilitySection, SharedFeaturesMakeItHigh) {
  const auto run = make_run("run", 400, 2);
  const auto findings = reliability_findings(run, {.n_halves = 4}, {});
  const auto kappa = row_of(findings, "pearson", "agreement_raw");
  EXPECT_GT(kappa.value, 0.9);
  EXPECT_EQ(kappa.n_repetitions, 4);
}

TEST(ReliabilitySection, HalvesDivideTheSentences) {
  const auto run = make_run("run", 31, 3);
  const auto halves = split_run(run, {}, {});
  ASSERT_EQ(halves.size(), 2u);
  auto samples = halves[0].observed.maxima.samples;
  EXPECT_EQ(samples.size(), 15u);
  const auto& rest = halves[1].observed.maxima.samples;
  samples.insert(samples.end(), rest.begin(), rest.end());
  EXPECT_THAT(samples, ::testing::UnorderedElementsAreArray(run.observed.maxima.samples));
}

TEST(RetrievalSection, GoodFeaturesFindTranslations) {
  const auto a = make_run("a", 300, 4);
  const auto b = make_run("b", 150, 5);
  const auto findings = retrieval_findings(a, b, {.n_draws = 3}, {});
  const double unweighted = row_of(findings, "mexa", "", "unweighted").value;
  const double weighted = row_of(findings, "mexa", "agreement", "weighted").value;
  const auto top = row_of(findings, "mexa", "agreement", "top", 32);
  const auto random = row_of(findings, "mexa", "agreement", "random", 32);
  EXPECT_EQ(random.n_repetitions, 3);
  EXPECT_EQ(top.run, "a");
  EXPECT_EQ(top.other_run, "b");
  EXPECT_EQ(top.languages, "a-b");
  EXPECT_GT(weighted, unweighted + 0.2);
  EXPECT_GT(top.value, random.value + 0.1);
  EXPECT_GT(top.value, row_of(findings, "mexa", "", "densest", 32).value + 0.1);
  // The loss has no zero, so it weights by rank only.
  for (const auto& row : findings) {
    EXPECT_FALSE(row.score == "-bi_loss" && row.condition == "weighted");
    EXPECT_TRUE(row.value >= 0 && row.value <= 1);
  }
}

TEST(RankAgreementSection, OfARunWithItselfIsPerfect) {
  const auto run = make_run("a", 200, 6);
  for (const auto& row : rank_agreement_findings(run, run)) {
    EXPECT_NEAR(row.value, 1, 1e-12) << row.score << " " << row.quantity;
  }
  const auto other = make_run("b", 200, 7);
  const auto findings = rank_agreement_findings(run, other);
  EXPECT_GT(row_of(findings, "top_overlap", "agreement", "", 32).value, 0.3);
}

/// A result folder with random activations, scored.
struct ScoredFolder {
  SmallResult result{{.languages = {"en", "es"}, .n_rows = 110, .n_features = 150}};
  std::vector<ValidationRun> runs;

  ScoredFolder() {
    result.manifest.scoring = ScoringOptions{};
    result.manifest.scoring->max_permutations = 500;
    write_manifest(result.folder, result.manifest);
    const std::vector<std::filesystem::path> folders{result.folder.root};
    runs = read_validation_runs(folders, {});
  }
};

TEST(SensitivitySection, TheSettingAsItIsChangesNothing) {
  const ScoredFolder folder;
  const auto findings = sensitivity_findings(folder.runs.front(), {.n_subsets = 2}, {});
  for (const char* score : {"-bi_loss", "-bi_loss_text"}) {
    EXPECT_NEAR(row_of(findings, "spearman", score, "beta", 1).value, 1, 1e-12);
    EXPECT_EQ(row_of(findings, "top_100_overlap", score, "beta", 1).value, 1);
    EXPECT_LT(row_of(findings, "spearman", score, "beta", 4).value, 1);
  }
  EXPECT_NEAR(row_of(findings, "spearman", "agreement", "lambda", 3).value, 1, 1e-12);
  EXPECT_LT(row_of(findings, "spearman", "agreement", "lambda", 30).value, 1);
  EXPECT_EQ(row_of(findings, "spearman", "agreement", "sentences", 50).n_repetitions, 2);
  EXPECT_LT(row_of(findings, "spearman", "agreement", "sentences", 50).value,
            row_of(findings, "spearman", "agreement", "sentences", 100).value);
  const auto pooled = row_of(findings, "spearman", "agreement_raw", "mean pooling");
  EXPECT_TRUE(pooled.value > 0 && pooled.value < 1) << pooled.value;
}

bool operator==(const Finding& a, const Finding& b) {
  bool equal = true;
  visit_finding_columns([&](const char*, auto member) { equal &= a.*member == b.*member; });
  return equal;
}

TEST(Validate, IsTheSameForASeedAndOverThreads) {
  const ScoredFolder folder;
  ValidationOptions options{
      .n_permutations = 3, .n_halves = 2, .n_subsets = 2, .n_draws = 2, .n_planted = 2};
  const auto findings = validate(folder.runs, options, {});
  std::vector<std::string> sections;
  for (const auto& row : findings) {
    EXPECT_TRUE(std::isfinite(row.value)) << row.section << " " << row.quantity << " " << row.score;
    if (sections.empty() || sections.back() != row.section) sections.push_back(row.section);
  }
  EXPECT_THAT(sections, ::testing::ElementsAre("null", "planted", "reliability", "retrieval",
                                               "agreement", "sensitivity"));
  {
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    const auto again = validate(folder.runs, options, {});
    ASSERT_EQ(again.size(), findings.size());
    for (std::size_t i = 0; i < findings.size(); ++i) {
      EXPECT_TRUE(again[i] == findings[i]) << i << " " << findings[i].section;
    }
  }
  options.seed = 43;
  const auto other = null_findings(folder.runs.front(), options, {});
  EXPECT_FALSE(row_of(other, "mean", "agreement_raw", "permuted") ==
               row_of(null_findings(folder.runs.front(), {.n_permutations = 3}, {}), "mean",
                      "agreement_raw", "permuted"));
}

TEST(Validate, StopsWhenAsked) {
  const ScoredFolder folder;
  const std::atomic<bool> stop{true};
  RunControl control;
  control.stop = &stop;
  EXPECT_THROW(validate(folder.runs, {}, control), Error);
}

}  // namespace
}  // namespace isogloss

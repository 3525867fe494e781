#include <algorithm>
#include <array>
#include <utility>

#include "isogloss/numeric/random_draws.h"
#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/bi_loss/bi_loss.h"
#include "isogloss/store/token_means.h"
#include "isogloss/validation/scoring_similarity.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::uint64_t kStream = 5'000;
constexpr std::int32_t kFewestSentences = 50;
constexpr std::array kBetaMultiples = {0.0, 0.25, 0.5, 1.0, 2.0, 4.0};
constexpr std::array kLambdas = {0.0, 1.0, 3.0, 10.0, 30.0};
constexpr std::array<std::size_t, 1> kTop = {100};

/// How similar the ranking stays over repetitions of one changed setting.
struct Kept {
  Repetitions spearman;
  Repetitions overlap;

  void add(const ScoringSimilarity& similarity) {
    if (similarity.spearman) spearman.add(*similarity.spearman);
    if (!similarity.top_overlap.empty()) overlap.add(similarity.top_overlap.front().second);
  }
};

class Sensitivity {
 public:
  Sensitivity(const ValidationRun& run, const ValidationOptions& options, const RunControl& control)
      : run_(run), options_(options), control_(control) {}

  std::vector<Finding> measure() {
    vary_sentences();
    vary_beta(BiForm::kCode, "-bi_loss", run_.table.beta);
    vary_beta(BiForm::kText, "-bi_loss_text", run_.table.beta_text);
    const auto& table = run_.table;
    vary_lambda("agreement_stratified", table.agreement_stratified, table.agreement_stratified_raw);
    vary_lambda("agreement", table.agreement, table.agreement_raw);
    vary_pooling();
    return std::move(findings_);
  }

 private:
  void append(const std::string& score, const std::string& condition, std::optional<double> at,
              const Kept& kept) {
    Finding row{.section = "sensitivity",
                .quantity = "spearman",
                .run = run_.name,
                .score = score,
                .condition = condition,
                .at = at};
    if (kept.spearman.count() > 0) findings_.push_back(row.with(kept.spearman));
    row.quantity = "top_100_overlap";
    if (kept.overlap.count() > 0) findings_.push_back(row.with(kept.overlap));
  }

  /// Compares every score of another table with the run's own.
  void compare_all(const ScoreTable& table, std::vector<Kept>& kept) const {
    const auto scores = all_scores(table);
    for (std::size_t s = 0; s < scores.size(); ++s) {
      kept[s].add(compare_scores(run_.table, run_.scores[s].value, table, scores[s].value, kTop));
    }
  }

  void append_all(const std::string& condition, std::optional<double> at,
                  const std::vector<Kept>& kept) {
    for (std::size_t s = 0; s < kept.size(); ++s)
      append(run_.scores[s].name, condition, at, kept[s]);
  }

  void vary_sentences() {
    const auto n_rows = run_.observed.maxima.n_rows();
    std::vector<std::int32_t> sizes;
    for (auto n = kFewestSentences; n < n_rows; n *= 2) sizes.push_back(n);
    const auto total = static_cast<std::int64_t>(sizes.size()) * options_.n_subsets;
    std::int64_t n_done = 0;
    for (const auto n : sizes) {
      std::vector<Kept> kept(run_.scores.size());
      for (std::int32_t i = 0; i < options_.n_subsets; ++i) {
        control_.throw_if_stopped();
        Random random(options_.seed, kStream + static_cast<std::uint64_t>(n_done));
        const auto rows = random_subset(n_rows, n, random);
        compare_all(score_observed(select_rows(run_.observed, rows), scoring(), control_), kept);
        control_.report(
            {.stage = "sensitivity", .unit = "subsets", .done = ++n_done, .total = total});
      }
      append_all("sentences", n, kept);
    }
  }

  /// Varies β as a multiple of the run's own, which is the published rule's unless it was given.
  void vary_beta(BiForm form, const std::string& score, double beta) {
    const auto own = std::find_if(run_.scores.begin(), run_.scores.end(),
                                  [&](const NamedScore& named) { return named.name == score; });
    for (const double multiple : kBetaMultiples) {
      control_.throw_if_stopped();
      const auto loss = bi_loss(run_.observed.maxima, form, multiple * beta).loss;
      std::vector<double> value;
      for (const auto& each : loss) value.push_back(each ? -*each : kUndefined);
      Kept kept;
      kept.add(compare_scores(run_.table, own->value, run_.table, value, kTop));
      append(score, "beta", multiple, kept);
    }
  }

  void vary_lambda(const std::string& score, const std::vector<double>& shrunk,
                   const OptionalColumn& kappa) {
    for (const double lambda : kLambdas) {
      std::vector<double> value(shrunk.size());
      for (std::size_t f = 0; f < value.size(); ++f) {
        if (kappa[f]) value[f] = std::max(0.0, shrink(*kappa[f], *run_.table.n_eff[f], lambda));
      }
      Kept kept;
      kept.add(compare_scores(run_.table, shrunk, run_.table, value, kTop));
      append(score, "lambda", lambda, kept);
    }
  }

  void vary_pooling() {
    const auto& maxima = run_.observed.maxima;
    const auto means = read_token_means(run_.folder, maxima, control_);
    const MaximaWithTraits pooled{with_values(maxima, means), run_.observed.traits};
    std::vector<Kept> kept(run_.scores.size());
    compare_all(score_observed(pooled, scoring(), control_), kept);
    append_all("mean pooling", std::nullopt, kept);
  }

  const ScoringOptions& scoring() const { return *run_.manifest.scoring; }

  const ValidationRun& run_;
  const ValidationOptions& options_;
  const RunControl& control_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> sensitivity_findings(const ValidationRun& run,
                                          const ValidationOptions& options,
                                          const RunControl& control) {
  return Sensitivity(run, options, control).measure();
}

}  // namespace isogloss

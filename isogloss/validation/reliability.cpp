#include "isogloss/numeric/random_draws.h"
#include "isogloss/validation/scoring_similarity.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::uint64_t kStream = 2'000;

struct Halves {
  std::vector<std::int32_t> first;
  std::vector<std::int32_t> second;
};

/// Two disjoint random halves of the rows, each ascending; with an odd number the second has one
/// more.
Halves random_halves(std::int32_t n_rows, Random& random) {
  Halves halves;
  halves.first = random_subset(n_rows, n_rows / 2, random);
  std::size_t next = 0;
  for (std::int32_t row = 0; row < n_rows; ++row) {
    if (next < halves.first.size() && halves.first[next] == row) {
      ++next;
    } else {
      halves.second.push_back(row);
    }
  }
  return halves;
}

struct Correlations {
  Repetitions pearson;
  Repetitions spearman;
};

void append(const std::string& quantity, const Repetitions& values, Finding row,
            std::vector<Finding>& findings) {
  row.quantity = quantity;
  if (values.count() > 0) findings.push_back(row.with(values));
}

}  // namespace

std::vector<Finding> reliability_findings(const ValidationRun& run,
                                          const ValidationOptions& options,
                                          const RunControl& control) {
  std::vector<Correlations> reliability(run.scores.size());
  const auto& scoring = *run.manifest.scoring;
  for (std::int32_t i = 0; i < options.n_halves; ++i) {
    control.throw_if_stopped();
    Random random(options.seed, kStream + static_cast<std::uint64_t>(i));
    const auto halves = random_halves(run.observed.maxima.n_rows(), random);
    const auto table_a = score_observed(select_rows(run.observed, halves.first), scoring, control);
    const auto table_b = score_observed(select_rows(run.observed, halves.second), scoring, control);
    const auto a = all_scores(table_a);
    const auto b = all_scores(table_b);
    for (std::size_t s = 0; s < a.size(); ++s) {
      const auto similarity = compare_scores(table_a, a[s].value, table_b, b[s].value, {});
      // The Spearman–Brown formula does not apply to a negative correlation.
      const auto step_up = [](double r) { return r > 0 ? spearman_brown(r) : r; };
      if (similarity.pearson) reliability[s].pearson.add(step_up(*similarity.pearson));
      if (similarity.spearman) reliability[s].spearman.add(step_up(*similarity.spearman));
    }
    control.report(
        {.stage = "reliability", .unit = "halvings", .done = i + 1, .total = options.n_halves});
  }
  std::vector<Finding> findings;
  for (std::size_t s = 0; s < run.scores.size(); ++s) {
    const Finding row{.section = "reliability", .run = run.name, .score = run.scores[s].name};
    append("pearson", reliability[s].pearson, row, findings);
    append("spearman", reliability[s].spearman, row, findings);
  }
  return findings;
}

std::vector<ValidationRun> split_run(const ValidationRun& run, const ValidationOptions& options,
                                     const RunControl& control) {
  Random random(options.seed, kStream);
  const auto halves = random_halves(run.observed.maxima.n_rows(), random);
  std::vector<ValidationRun> result;
  for (const auto* rows : {&halves.first, &halves.second}) {
    ValidationRun half{.name = run.name + (result.empty() ? ", first half" : ", second half"),
                       .folder = run.folder,
                       .manifest = run.manifest,
                       .observed = select_rows(run.observed, *rows),
                       .unshared = {},
                       .table = {},
                       .scores = {}};
    if (!run.unshared.languages.empty()) {
      half.unshared = select_rows({run.unshared, {}}, *rows).maxima;
    }
    half.table = score_observed(half.observed, *run.manifest.scoring, control);
    half.scores = all_scores(half.table);
    result.push_back(std::move(half));
  }
  return result;
}

}  // namespace isogloss

#include <algorithm>
#include <array>
#include <cstddef>

#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::uint64_t kStream = 1'000;
constexpr std::array kThresholds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5};
constexpr double kFalseDiscoveryRate = 0.05;

/// The mean over live features for which the score is defined; absent if there are none.
std::optional<double> mean_over_live(const ScoreTable& table, std::span<const double> value) {
  double sum = 0;
  std::int64_t count = 0;
  for (std::size_t f = 0; f < value.size(); ++f) {
    if (!table.alive[f] || value[f] == kUndefined) continue;
    sum += value[f];
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

std::vector<double> present(const OptionalColumn& column) {
  std::vector<double> values;
  for (const auto& value : column) {
    if (value) values.push_back(*value);
  }
  return values;
}

/// max over t of (share of p <= t) − t; the largest is reached at one of the p.
double largest_excess(std::vector<double> p) {
  std::sort(p.begin(), p.end());
  double excess = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    excess = std::max(excess, static_cast<double>(i + 1) / static_cast<double>(p.size()) - p[i]);
  }
  return excess;
}

/// The results for one p-value over all permutations.
struct PUnderNull {
  std::string name;
  std::array<Repetitions, kThresholds.size()> share;
  Repetitions discoveries;
  Repetitions any_discovery;
  std::vector<double> all;

  void add(const NamedP& p) {
    const auto values = present(p.p);
    if (values.empty()) return;
    for (std::size_t t = 0; t < kThresholds.size(); ++t) {
      const auto n_below = std::count_if(values.begin(), values.end(),
                                         [&](double value) { return value <= kThresholds[t]; });
      share[t].add(static_cast<double>(n_below) / static_cast<double>(values.size()));
    }
    const auto q = present(p.q);
    const auto n_found = std::count_if(q.begin(), q.end(),
                                       [](double value) { return value <= kFalseDiscoveryRate; });
    discoveries.add(static_cast<double>(n_found));
    any_discovery.add(n_found > 0 ? 1 : 0);
    all.insert(all.end(), values.begin(), values.end());
  }
};

void append_p(const PUnderNull& p, const Finding& base, std::vector<Finding>& findings) {
  if (p.all.empty()) return;
  Finding row = base;
  row.score = p.name;
  row.quantity = "share_at_most";
  for (std::size_t t = 0; t < kThresholds.size(); ++t) {
    row.at = kThresholds[t];
    findings.push_back(row.with(p.share[t]));
  }
  row.at.reset();
  row.quantity = "largest_excess";
  findings.push_back(row.with(largest_excess(p.all)));
  row.at = kFalseDiscoveryRate;
  row.quantity = "discoveries";
  findings.push_back(row.with(p.discoveries));
  row.quantity = "any_discovery";
  findings.push_back(row.with(p.any_discovery));
}

/// What random permutations hold fixed.
struct Permuted {
  std::string variant;  ///< empty: nothing
  Strata strata;
};

void append_null(const ValidationRun& run, const Permuted& permuted,
                 const ValidationOptions& options, const RunControl& control,
                 std::vector<Finding>& findings) {
  std::vector<Repetitions> means(run.scores.size());
  std::vector<PUnderNull> p_values;
  const auto& scoring = *run.manifest.scoring;
  for (const auto& p : all_p_values(run.table, scoring.fdr)) {
    p_values.push_back({p.name, {}, {}, {}, {}});
  }
  for (std::int32_t i = 0; i < options.n_permutations; ++i) {
    control.throw_if_stopped();
    Random random(options.seed, kStream + static_cast<std::uint64_t>(i));
    const auto table = score_observed_with_p(
        permute_sentences(run.observed, permuted.strata, random), scoring, control);
    const auto scores = all_scores(table);
    for (std::size_t s = 0; s < scores.size(); ++s) {
      const auto mean = mean_over_live(table, scores[s].value);
      if (mean) means[s].add(*mean);
    }
    const auto ps = all_p_values(table, scoring.fdr);
    for (std::size_t p = 0; p < ps.size(); ++p) p_values[p].add(ps[p]);
    control.report(
        {.stage = "null", .unit = "permutations", .done = i + 1, .total = options.n_permutations});
  }

  Finding row{.section = "null", .run = run.name, .variant = permuted.variant};
  for (const auto& p : p_values) append_p(p, row, findings);
  row.quantity = "mean";
  row.condition = "permuted";
  for (std::size_t s = 0; s < means.size(); ++s) {
    row.score = run.scores[s].name;
    if (means[s].count() > 0) findings.push_back(row.with(means[s]));
  }
}

}  // namespace

std::vector<Finding> null_findings(const ValidationRun& run, const ValidationOptions& options,
                                   const RunControl& control) {
  std::vector<Finding> findings;
  Finding row{.section = "null", .quantity = "mean", .run = run.name, .condition = "as translated"};
  for (const auto& score : run.scores) {
    row.score = score.name;
    const auto mean = mean_over_live(run.table, score.value);
    if (mean) findings.push_back(row.with(*mean));
  }
  const Permuted all{"", single_stratum(run.observed.maxima.n_rows())};
  append_null(run, all, options, control, findings);
  const auto null_model = run.manifest.scoring->null_model;
  if (!run.observed.traits.n_tokens.empty() && null_model != NullModel::kPlain) {
    const Permuted within{"within strata", make_strata(run.observed.traits, null_model)};
    append_null(run, within, options, control, findings);
  }
  return findings;
}

}  // namespace isogloss

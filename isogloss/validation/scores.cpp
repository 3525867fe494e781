#include "isogloss/validation/scores.h"

#include <algorithm>
#include <utility>

namespace isogloss {
namespace {

std::vector<double> values_of(const OptionalColumn& column, double sign) {
  std::vector<double> values;
  values.reserve(column.size());
  for (const auto& value : column) values.push_back(value ? sign * *value : kUndefined);
  return values;
}

/// Only the stop is passed on: a section reports its own progress.
RunControl without_progress(const RunControl& control) {
  RunControl quiet;
  quiet.stop = control.stop;
  return quiet;
}

}  // namespace

std::vector<NamedScore> all_scores(const ScoreTable& table) {
  std::vector<NamedScore> scores;
  scores.push_back({"agreement", table.agreement});
  scores.push_back({"agreement_raw", values_of(table.agreement_raw, 1)});
  scores.push_back({"-bi_loss", values_of(table.bi_loss, -1), false});
  scores.push_back({"-bi_loss_text", values_of(table.bi_loss_text, -1), false});
  return scores;
}

std::vector<NamedP> all_p_values(const ScoreTable& table) {
  NamedP cofire{"p_cofire", table.p_cofire, table.q_cofire};
  for (std::size_t f = 0; f < cofire.p.size(); ++f) {
    if (!cofire.q[f]) cofire.p[f].reset();  // dead features are not asked of
  }
  return {std::move(cofire)};
}

ScoreTable score_observed(const Observed& observed, ScoringOptions options,
                          const RunControl& control) {
  options.max_permutations = 0;
  options.max_t_permutations = 0;
  return score_observed_with_p(observed, std::move(options), control);
}

ScoreTable score_observed_with_p(const Observed& observed, ScoringOptions options,
                                 const RunControl& control) {
  options.n_bootstrap = 0;
  return score_features(observed.maxima, options, without_progress(control));
}

std::vector<std::int32_t> features_by_score(std::span<const double> value) {
  std::vector<std::int32_t> features;
  for (std::size_t f = 0; f < value.size(); ++f) {
    if (value[f] > kUndefined) features.push_back(static_cast<std::int32_t>(f));
  }
  std::stable_sort(features.begin(), features.end(), [&](std::int32_t a, std::int32_t b) {
    return value[static_cast<std::size_t>(a)] > value[static_cast<std::size_t>(b)];
  });
  return features;
}

}  // namespace isogloss

#include "isogloss/validation/scores.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

/// Higher means more shared: a score whose low values are best is negated, and its name gets the
/// prefix "-".
template <class T>
NamedScore named_score(const ColumnInfo& info, const std::string& name,
                       const std::vector<T>& column) {
  const bool negated = info.best == BestEnd::kLow;
  NamedScore score{.name = negated ? "-" + name : name,
                   .value = {},
                   .is_weight = info.validated_as == ValidatedAs::kWeight,
                   .chance_is_zero = info.chance_is_zero};
  score.value.reserve(column.size());
  for (const auto& element : column) {
    const std::optional<double> value(element);
    score.value.push_back(value ? (negated ? -*value : *value) : kUndefined);
  }
  return score;
}

/// Passes on only the stop, since a section reports its own progress.
RunControl without_progress(const RunControl& control) {
  RunControl quiet;
  quiet.stop = control.stop;
  return quiet;
}

}  // namespace

std::vector<NamedScore> all_scores(const ScoreTable& table) {
  std::vector<NamedScore> scores;
  std::vector<int> places;
  visit_plain_columns(table, [&](const ColumnInfo& info, const auto& column) {
    if (info.validated_as == ValidatedAs::kNothing) return;
    if (info.of_many_languages && table.languages.size() <= 2) return;
    const auto place = std::ranges::upper_bound(places, info.place) - places.begin();
    scores.insert(scores.begin() + place, named_score(info, std::string(info.name), column));
    places.insert(places.begin() + place, info.place);
  });
  for (const auto& [name, values] : table.measures) {
    scores.push_back(named_score(measure_info(find_measure(name)), name, values));
  }
  return scores;
}

std::vector<NamedP> all_p_values(const ScoreTable& table, FdrProcedure procedure) {
  auto p_of_live = table.p_cofire_stratified;
  for (std::size_t f = 0; f < p_of_live.size(); ++f) {
    if (!table.alive[f]) p_of_live[f].reset();
  }
  std::vector<NamedP> result{
      {"p_cofire", table.p_cofire, table.q_cofire},
      {"p_cofire_stratified", p_of_live, adjusted_p_values(p_of_live, procedure)},
      {"p_agreement", table.p_agreement, table.q_agreement}};
  for (auto& [name, p, q] : result) {
    for (std::size_t f = 0; f < p.size(); ++f) {
      if (!q[f]) p[f].reset();  // this feature is not tested
    }
  }
  return result;
}

ScoreTable score_observed(const MaximaWithTraits& observed, ScoringOptions options,
                          const RunControl& control) {
  options.max_permutations = 0;
  return score_observed_with_p(observed, std::move(options), control);
}

ScoreTable score_observed_with_p(const MaximaWithTraits& observed, ScoringOptions options,
                                 const RunControl& control) {
  options.n_bootstrap = 0;
  options.max_t_permutations = 0;
  options.measures.clear();
  for (const auto* measure : measures()) {
    if (!measure->uses_tokens() && measure->high_is_shared) {
      options.measures.emplace_back(measure->name);
    }
  }
  const auto* traits = observed.traits.n_tokens.empty() ? nullptr : &observed.traits;
  return score_features({observed.maxima, traits}, options, without_progress(control));
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

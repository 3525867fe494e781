#include "isogloss/validation/scores.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/measures/measures.h"

namespace isogloss {
namespace {

constexpr bool kWeight = true;  // of NamedScore::is_weight
constexpr bool kRanks = false;
constexpr bool kUnbiased = true;  // of NamedScore::chance_is_zero
constexpr bool kBiased = false;

constexpr std::array<std::string_view, 7> kWeights = {
    "jaccard", "jaccard_adjusted", "phi", "spearman", "cosine", "fleiss", "icc"};
constexpr std::array<std::string_view, 5> kChanceCorrected = {"jaccard_adjusted", "phi", "spearman",
                                                              "fleiss", "icc"};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

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
  scores.push_back({"agreement_stratified", table.agreement_stratified, kWeight, kBiased});
  scores.push_back({"agreement_stratified_raw", values_of(table.agreement_stratified_raw, 1),
                    kWeight, kUnbiased});
  scores.push_back({"agreement", table.agreement, kWeight, kBiased});
  scores.push_back({"agreement_raw", values_of(table.agreement_raw, 1), kWeight, kUnbiased});
  if (table.languages.size() > 2) {
    scores.push_back({"agreement_min", values_of(table.agreement_min, 1), kWeight, kBiased});
    scores.push_back(
        {"agreement_strict", values_of(table.agreement_strict, 1), kWeight, kUnbiased});
  }
  scores.push_back({"-bi_loss", values_of(table.bi_loss, -1), kRanks, kBiased});
  scores.push_back({"-bi_loss_text", values_of(table.bi_loss_text, -1), kRanks, kBiased});
  for (const auto& measure : table.measures) {
    scores.push_back({measure.name, values_of(measure.values, 1), has(kWeights, measure.name),
                      has(kChanceCorrected, measure.name)});
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
      if (!q[f]) p[f].reset();  // of a feature that is not asked about
    }
  }
  return result;
}

ScoreTable score_observed(const Observed& observed, ScoringOptions options,
                          const RunControl& control) {
  options.max_permutations = 0;
  return score_observed_with_p(observed, std::move(options), control);
}

ScoreTable score_observed_with_p(const Observed& observed, ScoringOptions options,
                                 const RunControl& control) {
  options.n_bootstrap = 0;
  options.max_t_permutations = 0;
  options.measures.clear();
  for (const auto& measure : measures()) {
    if (!measure.uses_tokens && measure.high_is_shared) {
      options.measures.emplace_back(measure.name);
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

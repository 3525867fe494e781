#include "isogloss/score/score_table.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/agreement_columns_internal.h"
#include "isogloss/score/bi_loss/bi_loss.h"
#include "isogloss/score/resampling/bootstrap.h"
#include "isogloss/score/resampling/max_t.h"
#include "isogloss/score/resampling/permutation.h"
#include "isogloss/score/strata/strata.h"

namespace isogloss {
namespace {

constexpr double kConfidence = 0.95;

Strata strata_of(const ScoringInput& input, NullModel model) {
  if (input.strata != nullptr) return *input.strata;
  if (input.traits != nullptr) return make_strata(*input.traits, model);
  return single_stratum(input.maxima.n_rows());
}

/// Places from 0: higher score first, then higher signed κ, undefined ones last, then feature.
std::vector<std::int32_t> ranks_by(const std::vector<double>& score, const OptionalColumn& raw) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (score[a] != score[b]) return score[a] > score[b];
    return raw[a] > raw[b];  // an absent value is the smallest
  });
  std::vector<std::int32_t> ranks(order.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    ranks[order[place]] = static_cast<std::int32_t>(place);
  }
  return ranks;
}

OptionalColumn q_over_live_features(const ScoreTable& table, FdrProcedure procedure) {
  auto p_values = table.p_cofire;
  for (std::size_t f = 0; f < p_values.size(); ++f) {
    if (!table.alive[f]) p_values[f].reset();
  }
  return adjusted_p_values(p_values, procedure);
}

void fill_intervals(const ScoringInput& input, const Strata& strata, const ScoringOptions& options,
                    const RunControl& control, ScoreTable& table) {
  std::span<const std::int32_t> document;
  if (input.traits != nullptr) document = input.traits->document;
  table.intervals_by_document = resampled_by_document(document);
  if (input.earlier && same_bootstrap(input.earlier->options, options)) {
    table.agreement_low = input.earlier->table.agreement_low;
    table.agreement_high = input.earlier->table.agreement_high;
    return;
  }
  const auto n_features = table.alive.size();
  table.agreement_low.resize(n_features);
  table.agreement_high.resize(n_features);
  if (options.n_bootstrap == 0) return;
  std::vector<std::int32_t> features;
  for (std::size_t f = 0; f < n_features; ++f) {
    if (table.agreement_stratified_raw[f]) features.push_back(static_cast<std::int32_t>(f));
  }
  const auto resamples =
      draw_resamples(input.maxima.n_rows(), document, options.n_bootstrap, options.seed);
  const auto intervals =
      bootstrap_intervals(input.maxima, strata, resamples, features, kConfidence, control);
  for (std::size_t i = 0; i < features.size(); ++i) {
    table.agreement_low[static_cast<std::size_t>(features[i])] = intervals[i].low;
    table.agreement_high[static_cast<std::size_t>(features[i])] = intervals[i].high;
  }
}

void fill_p_values(const ScoringInput& input, const Strata& strata, const ScoringOptions& options,
                   const RunControl& control, ScoreTable& table) {
  if (input.earlier && same_permutations(input.earlier->options, options)) {
    const auto& earlier = input.earlier->table;
    table.p_agreement = earlier.p_agreement;
    table.n_permutations = earlier.n_permutations;
    table.q_agreement = earlier.q_agreement;
    table.p_agreement_max_t = earlier.p_agreement_max_t;
    return;
  }
  auto permuted = permutation_p_values(input.maxima, strata,
                                       {.max_permutations = options.max_permutations,
                                        .seed = options.seed,
                                        .level = options.fdr_level,
                                        .procedure = options.fdr},
                                       control);
  table.p_agreement = std::move(permuted.p);
  table.n_permutations = std::move(permuted.n_permutations);
  table.q_agreement = adjusted_p_values(table.p_agreement, options.fdr);
  table.p_agreement_max_t.resize(table.alive.size());
  if (options.max_t_permutations > 0) {
    table.p_agreement_max_t = max_t_p_values(
        input.maxima, strata, {.n_permutations = options.max_t_permutations, .seed = options.seed},
        control);
  }
}

void fill_bi_loss(const ScoringInput& input, std::optional<double> beta, ScoreTable& table) {
  if (input.earlier && input.earlier->options.beta == beta) {
    const auto& earlier = input.earlier->table;
    table.beta = earlier.beta;
    table.bi_loss = earlier.bi_loss;
    table.bi_rank = earlier.bi_rank;
    table.beta_text = earlier.beta_text;
    table.bi_loss_text = earlier.bi_loss_text;
    return;
  }
  auto code_form = bi_loss(input.maxima, BiForm::kCode, beta);
  table.beta = code_form.beta;
  table.bi_loss = std::move(code_form.loss);
  table.bi_rank = std::move(code_form.rank);
  auto text_form = bi_loss(input.maxima, BiForm::kText, beta);
  table.beta_text = text_form.beta;
  table.bi_loss_text = std::move(text_form.loss);
}

void fill_measures(const ScoringInput& input, const std::vector<std::string>& names,
                   ScoreTable& table) {
  std::vector<TokenTotals> totals;
  if (input.profiles != nullptr) {
    for (const auto& language : input.profiles->tokens.by_language) {
      totals.push_back(language.totals);
    }
  }
  for (const auto& name : names) {
    if (find_measure(name).uses_tokens() && totals.empty()) continue;
    for (auto& measure : compute_measure(name, input.maxima, totals)) {
      table.measures.push_back(std::move(measure));
    }
  }
}

}  // namespace

ScoreTable score_features(const ScoringInput& input, const ScoringOptions& options,
                          const RunControl& control) {
  const auto& maxima = input.maxima;
  assert(maxima.n_languages() >= 2);
  for (const auto& name : options.measures) find_measure(name);
  const auto strata = strata_of(input, options.null_model);
  ScoreTable table;
  table.languages = maxima.languages;
  table.n_rows = maxima.n_rows();
  table.effective_strata = strata.effective_number();
  fill_agreement_columns(input, strata, options.shrinkage_lambda, control, table);
  table.agreement_rank = ranks_by(table.agreement, table.agreement_raw);
  table.rank = ranks_by(table.agreement_stratified, table.agreement_stratified_raw);
  table.q_cofire = q_over_live_features(table, options.fdr);
  fill_bi_loss(input, options.beta, table);
  fill_p_values(input, strata, options, control, table);
  fill_intervals(input, strata, options, control, table);
  fill_measures(input, options.measures, table);
  if (input.profiles != nullptr && input.traits != nullptr) {
    table.artefacts = find_artefacts(maxima, *input.traits, *input.profiles,
                                     {table.agreement_raw, table.overlap_expected,
                                      table.overlap_expected_stratified, table.n_eff});
  }
  return table;
}

std::optional<FlagDetail> flag_detail(const ScoreTable& table, const FlagDefinition& flag,
                                      std::int32_t feature) {
  if (!table.artefacts || flag.detail == nullptr) return std::nullopt;
  return flag.detail(*table.artefacts, table.active, static_cast<std::size_t>(feature));
}

std::vector<std::int32_t> features_by_rank(const ScoreTable& table) {
  std::vector<std::int32_t> features(table.rank.size());
  for (std::size_t f = 0; f < features.size(); ++f) {
    features[static_cast<std::size_t>(table.rank[f])] = static_cast<std::int32_t>(f);
  }
  return features;
}

}  // namespace isogloss

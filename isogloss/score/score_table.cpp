#include "isogloss/score/score_table.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cassert>
#include <numeric>

#include "isogloss/score/agreement.h"
#include "isogloss/score/bi_loss.h"
#include "isogloss/score/significance.h"

namespace isogloss {
namespace {

void resize_columns(ScoreTable& table, std::size_t n_languages, std::size_t n_features) {
  table.alive.resize(n_features);
  table.n_languages_active.resize(n_features);
  table.agreement.resize(n_features);
  table.agreement_raw.resize(n_features);
  table.overlap.resize(n_features);
  table.overlap_expected.resize(n_features);
  table.n_eff.resize(n_features);
  table.cofire.resize(n_features);
  table.p_cofire.resize(n_features);
  table.active.assign(n_languages, std::vector<std::int32_t>(n_features));
  table.max.assign(n_languages, std::vector<float>(n_features));
}

/// Number of rows on which every column fires.
std::int32_t common_rows(std::span<const SparseColumn> columns) {
  std::vector<std::int32_t> common(columns[0].rows.begin(), columns[0].rows.end());
  for (const auto& column : columns.subspan(1)) {
    std::vector<std::int32_t> kept;
    std::set_intersection(common.begin(), common.end(), column.rows.begin(), column.rows.end(),
                          std::back_inserter(kept));
    common = std::move(kept);
  }
  return static_cast<std::int32_t>(common.size());
}

/// What the pairs of languages that both fire say together.
struct PairSummary {
  std::int32_t n_pairs = 0;
  std::int32_t n_with_kappa = 0;
  double kappa = 0;  ///< sums over the pairs
  double overlap = 0;
  double expected = 0;
  double smallest_p = 1;

  void add(const PairAgreement& pair, double p) {
    ++n_pairs;
    overlap += pair.overlap;
    expected += pair.expected;
    smallest_p = std::min(smallest_p, p);
    if (!pair.kappa) return;
    ++n_with_kappa;
    kappa += *pair.kappa;
  }
};

PairSummary summarize_pairs(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  PairSummary summary;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = i + 1; j < columns.size(); ++j) {
      if (columns[i].size() == 0 || columns[j].size() == 0) continue;
      const auto pair = pair_agreement(columns[i], columns[j], n_rows);
      summary.add(pair,
                  hypergeometric_tail(pair.cofire, static_cast<std::int64_t>(columns[i].size()),
                                      static_cast<std::int64_t>(columns[j].size()), n_rows));
    }
  }
  return summary;
}

/// Harmonic mean of the effective rows of the languages that fire.
double mean_effective_rows(std::span<const SparseColumn> columns) {
  double inverse = 0;
  std::int32_t n_firing = 0;
  for (const auto& column : columns) {
    if (column.size() == 0) continue;
    inverse += 1 / effective_rows(column);
    ++n_firing;
  }
  return n_firing / inverse;
}

void score_feature(const Maxima& maxima, std::int32_t feature, double lambda, ScoreTable& table) {
  const auto f = static_cast<std::size_t>(feature);
  std::vector<SparseColumn> columns;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    const auto column = maxima.column(l, feature);
    const auto language = static_cast<std::size_t>(l);
    table.active[language][f] = static_cast<std::int32_t>(column.size());
    if (column.size() > 0) {
      ++table.n_languages_active[f];
      table.max[language][f] = *std::max_element(column.values.begin(), column.values.end());
    }
    columns.push_back(column);
  }
  table.alive[f] = table.n_languages_active[f] == maxima.n_languages();
  if (table.alive[f]) table.cofire[f] = common_rows(columns);

  const auto pairs = summarize_pairs(columns, maxima.n_rows());
  if (pairs.n_pairs == 0) return;
  const auto n_all_pairs = maxima.n_languages() * (maxima.n_languages() - 1) / 2;
  table.overlap[f] = pairs.overlap / pairs.n_pairs;
  table.overlap_expected[f] = pairs.expected / pairs.n_pairs;
  table.p_cofire[f] = std::min(1.0, pairs.smallest_p * n_all_pairs);
  const double n_eff = mean_effective_rows(columns);
  table.n_eff[f] = n_eff;
  if (pairs.n_with_kappa == 0) return;
  const double kappa = pairs.kappa / pairs.n_with_kappa;
  table.agreement_raw[f] = kappa;
  table.agreement[f] = std::max(0.0, shrink(kappa, n_eff, lambda));
}

/// Places from 0: higher agreement first, then higher signed κ, undefined ones last, then feature.
std::vector<std::int32_t> agreement_ranks(const ScoreTable& table) {
  std::vector<std::size_t> order(table.agreement.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (table.agreement[a] != table.agreement[b]) return table.agreement[a] > table.agreement[b];
    return table.agreement_raw[a] > table.agreement_raw[b];  // an absent value is the smallest
  });
  std::vector<std::int32_t> ranks(order.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    ranks[order[place]] = static_cast<std::int32_t>(place);
  }
  return ranks;
}

OptionalColumn q_over_live_features(const ScoreTable& table) {
  auto p_values = table.p_cofire;
  for (std::size_t f = 0; f < p_values.size(); ++f) {
    if (!table.alive[f]) p_values[f].reset();
  }
  return benjamini_hochberg(p_values);
}

}  // namespace

ScoreTable score_features(const Maxima& maxima, const ScoringOptions& options,
                          const RunControl& control) {
  assert(maxima.n_languages() >= 2);
  constexpr std::int32_t kFeaturesAReport = 1024;
  ScoreTable table;
  table.languages = maxima.languages;
  table.n_rows = maxima.n_rows();
  resize_columns(table, maxima.languages.size(), static_cast<std::size_t>(maxima.n_features));
  for (std::int32_t first = 0; first < maxima.n_features; first += kFeaturesAReport) {
    control.throw_if_stopped();
    const auto end = std::min(first + kFeaturesAReport, maxima.n_features);
    tbb::parallel_for(first, end, [&](std::int32_t feature) {
      score_feature(maxima, feature, options.shrinkage_lambda, table);
    });
    control.report({.stage = "score", .unit = "features", .done = end, .total = maxima.n_features});
  }
  table.agreement_rank = agreement_ranks(table);
  table.q_cofire = q_over_live_features(table);

  auto code_form = bi_loss(maxima, BiForm::kCode, options.beta);
  table.beta = code_form.beta;
  table.bi_loss = std::move(code_form.loss);
  table.bi_rank = std::move(code_form.rank);
  auto text_form = bi_loss(maxima, BiForm::kText, options.beta);
  table.beta_text = text_form.beta;
  table.bi_loss_text = std::move(text_form.loss);
  return table;
}

std::vector<std::int32_t> features_by_agreement(const ScoreTable& table) {
  std::vector<std::int32_t> features(table.agreement_rank.size());
  for (std::size_t f = 0; f < features.size(); ++f) {
    features[static_cast<std::size_t>(table.agreement_rank[f])] = static_cast<std::int32_t>(f);
  }
  return features;
}

}  // namespace isogloss

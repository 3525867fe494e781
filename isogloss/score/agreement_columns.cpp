#include <tbb/parallel_for.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <future>
#include <iterator>
#include <utility>

#include "isogloss/numeric/mean.h"
#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/agreement/strict_agreement.h"
#include "isogloss/score/agreement_columns_internal.h"

namespace isogloss {
namespace {

constexpr std::int32_t kFeaturesPerReport = 512;

void resize_columns(ScoreTable& table, std::size_t n_languages, std::size_t n_features) {
  for (auto* column :
       {&table.agreement_raw, &table.overlap, &table.overlap_expected, &table.n_eff,
        &table.p_cofire, &table.agreement_stratified_raw, &table.overlap_expected_stratified,
        &table.p_cofire_stratified, &table.agreement_min, &table.agreement_strict,
        &table.overlap_strict, &table.overlap_expected_strict, &table.agreement_attainable,
        &table.containment}) {
    column->resize(n_features);
  }
  table.alive.resize(n_features);
  table.n_languages_active.resize(n_features);
  table.agreement.resize(n_features);
  table.agreement_stratified.resize(n_features);
  table.cofire.resize(n_features);
  table.active.assign(n_languages, std::vector<std::int32_t>(n_features));
  table.max.assign(n_languages, std::vector<float>(n_features));
}

/// Number of rows on which every column fires.
std::int32_t common_rows(std::span<const PreparedColumn> columns) {
  const auto& first = columns.front().column.rows;
  std::vector<std::int32_t> common(first.begin(), first.end());
  for (const auto& [column, sum, n_eff, shares, ascending, by_stratum, ranges] :
       columns.subspan(1)) {
    std::vector<std::int32_t> kept;
    std::set_intersection(common.begin(), common.end(), column.rows.begin(), column.rows.end(),
                          std::back_inserter(kept));
    common = std::move(kept);
  }
  return static_cast<std::int32_t>(common.size());
}

/// Harmonic mean of the effective rows of the languages that fire.
double mean_effective_rows(std::span<const PreparedColumn> columns) {
  double inverse = 0;
  std::int32_t n_firing = 0;
  for (const auto& column : columns) {
    if (column.size() == 0) continue;
    inverse += 1 / column.n_eff;
    ++n_firing;
  }
  return n_firing / inverse;
}

double score_of(const std::optional<double>& kappa, double n_eff, double lambda) {
  return kappa ? std::max(0.0, shrink(*kappa, n_eff, lambda)) : 0;
}

/// The languages and rows on which a feature fires.
void fill_firing(std::span<const PreparedColumn> columns, std::size_t f, ScoreTable& table) {
  for (std::size_t l = 0; l < columns.size(); ++l) {
    const auto& values = columns[l].column.values;
    table.active[l][f] = static_cast<std::int32_t>(values.size());
    if (values.empty()) continue;
    ++table.n_languages_active[f];
    table.max[l][f] = *std::max_element(values.begin(), values.end());
  }
  table.alive[f] = table.n_languages_active[f] == static_cast<std::int32_t>(columns.size());
  if (table.alive[f]) table.cofire[f] = common_rows(columns);
}

/// Summarises the pairs of languages that both fire. For more than two languages, p is the smallest
/// p times the number of all pairs (Bonferroni).
void fill_pairs(std::span<const PairScores> pairs, std::size_t n_languages, double n_eff,
                double lambda, std::size_t f, ScoreTable& table) {
  Mean overlap, expected, expected_stratified, kappa, agreement_stratified_raw, attainable,
      containment;
  double p_cofire = 1;
  double p_cofire_stratified = 1;
  for (const auto& pair : pairs) {
    overlap.add(pair.overlap);
    expected.add(pair.overlap_expected);
    expected_stratified.add(pair.overlap_expected_stratified);
    kappa.add(pair.agreement_raw);
    agreement_stratified_raw.add(pair.agreement_stratified_raw);
    attainable.add(pair.attainable);
    containment.add(pair.containment);
    p_cofire = std::min(p_cofire, pair.p_cofire);
    p_cofire_stratified = std::min(p_cofire_stratified, pair.p_cofire_stratified);
    auto& weakest = table.agreement_min[f];
    if (pair.agreement_stratified_raw && !(weakest && *weakest <= *pair.agreement_stratified_raw)) {
      weakest = pair.agreement_stratified_raw;
    }
  }
  const std::size_t n_all_pairs = n_languages * (n_languages - 1) / 2;
  const auto n_pairs = static_cast<double>(n_all_pairs);
  table.overlap[f] = overlap.value();
  table.overlap_expected[f] = expected.value();
  table.overlap_expected_stratified[f] = expected_stratified.value();
  table.agreement_raw[f] = kappa.value();
  table.agreement_stratified_raw[f] = agreement_stratified_raw.value();
  table.agreement_attainable[f] = attainable.value();
  table.containment[f] = containment.value();
  table.p_cofire[f] = std::min(1.0, p_cofire * n_pairs);
  table.p_cofire_stratified[f] = std::min(1.0, p_cofire_stratified * n_pairs);
  table.n_eff[f] = n_eff;
  table.agreement[f] = score_of(table.agreement_raw[f], n_eff, lambda);
  table.agreement_stratified[f] = score_of(table.agreement_stratified_raw[f], n_eff, lambda);
}

using PairsOfFeatures = std::vector<std::vector<PairScores>>;

/// Hands one block of features over while the next is computed: writing one takes as long as
/// computing one.
class PairsTaker {
 public:
  explicit PairsTaker(const std::function<void(std::span<const PairScores>)>& take) : take_(take) {}

  void take(PairsOfFeatures block) {
    if (!take_) return;
    finish();
    taking_ = std::async(std::launch::async, [this, block = std::move(block)] {
      for (const auto& pairs : block) take_(pairs);
    });
  }
  /// Rethrows what `take_pairs` threw for the last block.
  void finish() {
    if (taking_.valid()) taking_.get();
  }

 private:
  const std::function<void(std::span<const PairScores>)>& take_;
  std::future<void> taking_;
};

}  // namespace

void fill_agreement_columns(const ScoringInput& input, const Strata& strata, double lambda,
                            const RunControl& control, ScoreTable& table) {
  const auto& maxima = input.maxima;
  const auto n_languages = maxima.languages.size();
  resize_columns(table, n_languages, static_cast<std::size_t>(maxima.n_features));
  PairsTaker taker(input.take_pairs);
  for (std::int32_t first = 0; first < maxima.n_features; first += kFeaturesPerReport) {
    control.throw_if_stopped();
    const auto end = std::min(first + kFeaturesPerReport, maxima.n_features);
    PairsOfFeatures block(static_cast<std::size_t>(end - first));
    tbb::parallel_for(first, end, [&](std::int32_t feature) {
      const auto f = static_cast<std::size_t>(feature);
      const auto columns = prepare_feature(maxima, feature, strata);
      fill_firing(columns, f, table);
      auto pairs = feature_pairs(feature, columns, strata);
      if (pairs.empty()) return;
      fill_pairs(pairs, n_languages, mean_effective_rows(columns), lambda, f, table);
      if (table.alive[f]) {
        const auto strict = strict_agreement(columns, strata);
        table.agreement_strict[f] = strict.agreement_stratified_raw;
        table.overlap_strict[f] = strict.overlap;
        table.overlap_expected_strict[f] = strict.overlap_expected_stratified;
      }
      block[static_cast<std::size_t>(feature - first)] = std::move(pairs);
    });
    taker.take(std::move(block));
    control.report({.stage = "score", .unit = "features", .done = end, .total = maxima.n_features});
  }
  taker.finish();
}

}  // namespace isogloss

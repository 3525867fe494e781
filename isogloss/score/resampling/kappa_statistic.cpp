#include <algorithm>
#include <cmath>
#include <limits>

#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/agreement/overlap_moments.h"
#include "isogloss/score/resampling/kappa_statistic_internal.h"

namespace isogloss {
namespace {

/// Σ_s min(p_s, q_s), from shares that are rounded as for a permutation.
double overlap(const SparseColumn& a, const SparseColumn& b) {
  const double sum_a = sum_of(a);
  const double sum_b = sum_of(b);
  double sum = 0;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    while (j < b.size() && b.rows[j] < a.rows[i]) ++j;
    if (j == b.size()) break;
    if (b.rows[j] == a.rows[i]) sum += std::min(a.values[i] / sum_a, b.values[j] / sum_b);
  }
  return sum;
}

}  // namespace

std::vector<SparseColumn> firing_columns(const Maxima& maxima, std::int32_t feature) {
  std::vector<SparseColumn> columns;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    const auto column = maxima.column(l, feature);
    if (column.size() > 0) columns.push_back(column);
  }
  return columns;
}

KappaStatistic kappa_statistic(std::span<const SparseColumn> columns, StratumGatherer& gatherer) {
  const auto n = columns.size();
  const auto sorted = gather_sorted(columns, gatherer);
  KappaStatistic statistic;
  statistic.weights.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double expected = expected_overlap(sorted[i], sorted[j], gatherer);
      if (is_certain(expected)) continue;
      statistic.weights[i * n + j] = 1 / (1 - expected);
      ++statistic.n_pairs;
    }
  }
  double variance = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      auto& weight = statistic.weights[i * n + j];
      if (weight == 0) continue;
      const double expected = 1 - 1 / weight;
      weight /= statistic.n_pairs;
      statistic.weights[j * n + i] = weight;
      statistic.observed += weight * overlap(columns[i], columns[j]);
      statistic.expected += weight * expected;
      variance += weight * weight * overlap_variance(sorted[i], sorted[j], gatherer);
    }
  }
  statistic.standard_deviation = std::sqrt(variance);
  return statistic;
}

double KappaStatistic::threshold(std::span<const SparseColumn> columns) const {
  std::size_t n_terms = 0;
  for (const auto& column : columns) n_terms += column.size();
  const double rounding =
      static_cast<double>(n_terms * columns.size()) * std::numeric_limits<double>::epsilon();
  return observed * (1 - std::max(1e-12, rounding));
}

}  // namespace isogloss

#include "isogloss/score/agreement/agreement.h"

#include <numeric>

#include "isogloss/score/agreement/prepared_column.h"

namespace isogloss {

bool is_certain(double expected_overlap) {
  // When E is 1, its sum has as many roundings as there are non-zeros; and so near to 1, κ would
  // have no correct digit.
  constexpr double kRounding = 1e-12;
  return 1 - expected_overlap < kRounding;
}

std::optional<double> chance_corrected(double observed, double expected) {
  if (is_certain(expected)) return std::nullopt;
  return (observed - expected) / (1 - expected);
}

PairAgreement pair_agreement(const SparseColumn& a, const SparseColumn& b, std::int32_t n_rows) {
  PairAgreement result;
  if (a.size() == 0 || b.size() == 0) return result;
  const auto prepared_a = prepare_column(a, {});
  const auto prepared_b = prepare_column(b, {});
  const auto common = common_mass(prepared_a, prepared_b);
  result.overlap = common.overlap;
  result.cofire = common.cofire;
  result.expected = overlap_bounds(prepared_a, prepared_b, n_rows).expected;
  result.kappa = chance_corrected(result.overlap, result.expected);
  return result;
}

double expected_overlap(const SparseColumn& a, const SparseColumn& b, const Strata& strata) {
  if (a.size() == 0 || b.size() == 0) return 0;
  return overlap_bounds(prepare_column(a, strata), prepare_column(b, strata), strata).expected;
}

double effective_rows(const SparseColumn& column) {
  if (column.size() == 0) return 0;
  const double sum = std::accumulate(column.values.begin(), column.values.end(), 0.0);
  double squares = 0;
  for (const double value : column.values) squares += value * value;
  return sum * sum / squares;
}

double shrink(double kappa, double n_eff, double lambda) {
  return kappa * n_eff / (n_eff + lambda);
}

}  // namespace isogloss

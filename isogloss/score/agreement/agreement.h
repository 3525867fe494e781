// Agreement κ: the chance-corrected overlap of activation mass (docs/method.md §4).
#pragma once

#include <cstdint>
#include <optional>

#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// One feature in two languages over n rows. With p = x_1/Σx_1, q = x_2/Σx_2:
///   overlap  M = Σ_s min(p_s, q_s);  expected  E = (1/n) Σ_s Σ_r min(p_s, q_r);
///   κ = (M − E)/(1 − E).
/// If a side is silent, nothing is defined: kappa is absent and the numbers are 0.
struct PairAgreement {
  double overlap = 0;
  double expected = 0;
  std::optional<double> kappa;  ///< absent if a side is silent or E = 1
  std::int32_t cofire = 0;      ///< rows on which both fire
};

/// True where chance alone gives complete overlap, that is E = 1 up to rounding (within 1e-12): κ
/// is not defined there.
bool is_certain(double expected_overlap);

/// κ = (M − E)/(1 − E); absent where is_certain(E).
std::optional<double> chance_corrected(double observed, double expected);

/// Costs O(k log k) in the non-zeros. Thread-safe. For many pairs see feature_pairs.h.
PairAgreement pair_agreement(const SparseColumn& a, const SparseColumn& b, std::int32_t n_rows);

/// Σ_g (1/n_g) Σ_{s,r∈g} min(p_s, q_r): the overlap expected when sentences are permuted within
/// strata. It equals `expected` above for a single stratum and M where every stratum is one row,
/// and is 0 if a side is silent. Costs O(k log k). Thread-safe.
double expected_overlap(const SparseColumn& a, const SparseColumn& b, const Strata& strata);

/// (Σx)²/Σx²: the number of equally active rows that would carry the column's mass; 0 if it is
/// silent.
double effective_rows(const SparseColumn& column);

/// κ·n_eff/(n_eff + λ). λ >= 0, n_eff > 0.
double shrink(double kappa, double n_eff, double lambda);

}  // namespace isogloss

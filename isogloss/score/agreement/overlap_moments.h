// Mean and variance of the overlap M when sentences are permuted at random within strata: exact.
#pragma once

#include <span>
#include <vector>

#include "isogloss/score/strata/by_stratum.h"

namespace isogloss {

/// The columns by stratum, shares ascending within each (rows are left out): sorted once, they
/// serve all pairs. None silent.
std::vector<ColumnByStratum> gather_sorted(std::span<const SparseColumn> columns,
                                           StratumGatherer& gatherer);

/// E = Σ_g (1/n_g) Σ_{s,r∈g} min(p_s, q_r), as in agreement.h. Of gather_sorted; O(k).
double expected_overlap(const ColumnByStratum& a, const ColumnByStratum& b,
                        const StratumGatherer& gatherer);

/// Var M. With a_sr = min(p_s, q_r), R and C its row and column sums and S its sum, of a stratum of
/// n rows (Hoeffding 1951, "A combinatorial central limit theorem", eq. 10):
///   (Σ_sr a_sr² − Σ_s R_s²/n − Σ_r C_r²/n + S²/n²)/(n − 1),
/// summed over strata; 0 for strata of one row. Of gather_sorted; O(k).
double overlap_variance(const ColumnByStratum& a, const ColumnByStratum& b,
                        const StratumGatherer& gatherer);

}  // namespace isogloss

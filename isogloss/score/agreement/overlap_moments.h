// The exact mean and variance of the overlap M when sentences are permuted at random within strata.
#pragma once

#include <span>
#include <vector>

#include "isogloss/score/strata/by_stratum.h"

namespace isogloss {

/// Gathers the columns by stratum, with shares ascending within each stratum and without rows.
/// Sorted once, they serve all pairs. No column may be silent.
std::vector<ColumnByStratum> gather_sorted(std::span<const SparseColumn> columns,
                                           StratumGatherer& gatherer);

/// E = Σ_g (1/n_g) Σ_{s,r∈g} min(p_s, q_r), as in agreement.h. The columns come from gather_sorted.
/// Costs O(k).
double expected_overlap(const ColumnByStratum& a, const ColumnByStratum& b,
                        const StratumGatherer& gatherer);

/// The variance of M under permutation within strata. For a stratum of n rows, with a_sr = min(p_s,
/// q_r), R and C its row and column sums and S its sum, it is (Hoeffding 1951, "A combinatorial
/// central limit theorem", eq. 10):
///   (Σ_sr a_sr² − Σ_s R_s²/n − Σ_r C_r²/n + S²/n²)/(n − 1),
/// summed over strata; a stratum of one row adds 0. The columns come from gather_sorted. Costs
/// O(k).
double overlap_variance(const ColumnByStratum& a, const ColumnByStratum& b,
                        const StratumGatherer& gatherer);

}  // namespace isogloss

// Permutation p-values of agreement κ for a whole family of features (docs/method.md, "Permutation
// p-values of κ").
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/scoring_options.h"

namespace isogloss {

struct PermutationOptions {
  std::int64_t max_permutations = 400'000;  ///< per feature, below 2^31; 0 for none at all
  std::uint64_t seed = 0;
  double level = 0.05;  ///< false discovery rate at which features are decided
  FdrProcedure procedure = FdrProcedure::kBenjaminiHochberg;
  /// Probability that any settled decision differs from that of the exact p-values. 0: no feature
  /// stops before max_permutations.
  double risk = 1e-3;
  /// A feature near the threshold stops here undecided: its p is then known to 1 part in √1000.
  std::int64_t enough_exceedances = 1000;
};

/// Columns of length n_features.
struct PermutationResult {
  std::vector<std::optional<double>> p;      ///< (exceedances + 1)/(n_permutations + 1)
  std::vector<std::int32_t> n_permutations;  ///< 0 where p is absent
  std::vector<std::int32_t> exceedances;     ///< permutations with a statistic >= the observed one
  std::vector<std::uint8_t> decided;         ///< the decision at `level` is settled (see below)
};

/// One-sided p-values of the mean of stratified κ over the language pairs that both fire, under the
/// null that each language's rows are exchangeable within strata, independently of the other
/// languages'. Absent for features that fire in fewer than two languages or have no pair with a κ
/// (E = 1), and for all if max_permutations is 0. All other features form the family of the FDR
/// procedure.
///
/// What is guaranteed. With probability >= 1 − risk over the permutations drawn, every feature that
/// is `decided` is decided as `procedure` at `level` would with the exact permutation p-values of
/// all features (MMCTest, Gandy & Hahn 2014); if all are decided, the procedure applied to the p
/// reported here takes exactly these decisions, and the FDR is at most level + risk where the
/// procedure's own conditions hold. The decision on the others follows their p, which rests on 1000
/// exceedances or max_permutations draws.
///
/// What p is. With max_permutations draws, p is exactly valid whatever the ties:
/// P(p <= u) <= u under the null (Phipson & Smyth 2010). Where drawing stopped early, p estimates
/// the exact one: it lies within the Clopper–Pearson interval that settled the decision, but is no
/// finer than 1/(n_permutations + 1): do not rank discoveries by it.
///
/// Sums equal up to rounding count as ties, hence as exceedances. Deterministic: draws depend on
/// (seed, feature, number of the permutation) alone, never on threads. Runs on all cores (oneTBB);
/// needs O(n) memory per thread. Reports stage "permutations", unit "features".
PermutationResult permutation_p_values(const Maxima& maxima, const Strata& strata,
                                       const PermutationOptions& options,
                                       const RunControl& control);

}  // namespace isogloss

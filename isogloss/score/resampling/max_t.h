// Family-wise p-values of agreement κ by permutations that all features share (docs/method.md,
// "Permutation p-values of κ").
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

struct MaxTOptions {
  std::int32_t n_permutations = 1000;
  std::uint64_t seed = 0;
};

/// Single-step max-T adjusted p-values (Westfall & Young 1993, §2.3.2; the added ones: Phipson &
/// Smyth 2010): (1 + #{permutations whose largest statistic >= this feature's})/(n_permutations +
/// 1). If the features whose null holds have the joint law of exchangeable rows (subset
/// pivotality), the chance that any of them has p <= u is at most u, however they depend on each
/// other. Returns [n_features], absent as in permutation_p_values.
///
/// A maximum needs statistics that are distributed similarly under the null. With T = Σ w_ij·M_ij,
/// whose mean μ and standard deviation σ under permutation are known in closed form, the statistic
/// is the signed root of the deviance of a Poisson variable scaled to that mean and variance,
///   sign(T − μ)·(μ/σ)·√(2·(r ln r − r + 1)), r = T/μ
/// (McCullagh & Nelder 1989, §2.3 and §9.2), which rises with T and approaches (T − μ)/σ where many
/// sentences co-fire. Plain (T − μ)/σ would not do: a feature that fires on one sentence in each
/// language co-fires by chance in one of n permutations, at √n standard deviations, so rare
/// features alone would set the maximum. The choice affects power, not validity: any function of T
/// and of what permutation keeps would be valid. A feature whose overlap no permutation changes has
/// p = 1.
///
/// Each permutation costs O(n_rows · languages) once and O(1) per non-zero. Permutations take at
/// most 64 MiB of memory, and each thread O(n_rows). Deterministic. Runs on all cores (oneTBB).
/// Reports stage "max-t", unit "permutations".
std::vector<std::optional<double>> max_t_p_values(const Maxima& maxima, const Strata& strata,
                                                  const MaxTOptions& options,
                                                  const RunControl& control);

}  // namespace isogloss

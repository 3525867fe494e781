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

/// Single-step max-T adjusted p-values (Westfall & Young 1993, §2.3.2; Phipson & Smyth 2010 for the
/// ones): (1 + #{permutations whose largest statistic >= this feature's})/(n_permutations + 1), so
/// the chance of any p <= u among features whose null holds is at most u whatever depends on what,
/// if their joint law is that of exchangeable rows (subset pivotality). [n_features]; absent as in
/// permutation_p_values.
///
/// For the maximum the features' statistics must be alike under the null. With T = Σ w_ij·M_ij,
/// whose mean μ and standard deviation σ under permutation are known in closed form, the statistic
/// is the signed root of the deviance of a Poisson variable scaled to that mean and variance,
///   sign(T − μ)·(μ/σ)·√(2·(r ln r − r + 1)), r = T/μ
/// (McCullagh & Nelder 1989, §2.3 and §9.2), which rises with T and nears (T − μ)/σ where many
/// sentences meet. Plain (T − μ)/σ would not do: chance makes a feature on one sentence in each
/// language meet once in n permutations at √n standard deviations, so that rare features alone
/// would set the maximum. The choice bears on power only, not on validity: any function of T and of
/// what permutation keeps would be valid. A feature whose overlap no permutation changes has p = 1.
///
/// A permutation costs O(n_rows · languages) once and O(1) a non-zero; memory is bounded at 64 MiB
/// for permutations and O(n_rows) a thread. Deterministic, on all cores (oneTBB). Reports stage
/// "max-t", unit "permutations".
std::vector<std::optional<double>> max_t_p_values(const Maxima& maxima, const Strata& strata,
                                                  const MaxTOptions& options,
                                                  const RunControl& control);

}  // namespace isogloss

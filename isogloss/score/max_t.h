// Family-wise p-values of agreement κ by permutations that all features share (docs/method.md §7).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/strata.h"
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
/// The statistic is κ's mean over the pairs divided by its standard deviation under re-pairing, by
/// its closed form (overlap_moments_internal.h): κ of rare features strays further by chance, and
/// undivided they alone would set the maximum. Divided, they still do to some degree, since their
/// null is skewed: expect few discoveries among features on many sentences if rare ones are many.
/// A feature whose overlap no re-pairing changes has p = 1 and no part in the maximum.
///
/// A permutation costs O(n_rows · languages) once and O(1) a non-zero; memory is bounded at 64 MiB
/// for permutations and O(n_rows) a thread. Deterministic, on all cores (oneTBB). Reports stage
/// "max-t", unit "permutations".
std::vector<std::optional<double>> max_t_p_values(const Maxima& maxima, const Strata& strata,
                                                  const MaxTOptions& options,
                                                  const RunControl& control);

}  // namespace isogloss

// Sums over one stratum's resampled rows, for kLanes resamples at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/score/resampling/lanes_internal.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// A column's entries in one stratum, ascending by share.
struct DrawnStratum {
  std::span<const double> share;  ///< p
  std::vector<Lanes> drawn;       ///< p* = p/Σ w p
  std::vector<Lanes> weight;      ///< w
};

/// A row on which both columns fire: its places in the two DrawnStratum.
struct CommonRow {
  std::uint32_t in_a;
  std::uint32_t in_b;
};

/// The sums of M* and E* of a pair so far.
struct OverlapSums {
  Lanes observed{};
  Lanes expected{};
};

/// The factors of a stratum's sums.
struct StratumFactors {
  double size;                 ///< n_g
  const Lanes& others_factor;  ///< from ResampledStrata
};

/// The smallest and the largest ratio of b's scale p*/p to a's over the lanes.
struct ScaleRatio {
  double lowest;
  double highest;
};
ScaleRatio ratio_of_scales(const Lanes& mass_a, const Lanes& mass_b);

/// Computes Σ w p in each resample of a group (Resamples::group).
void drawn_mass(const SparseColumn& column, const float* group, Lanes& mass);

/// Fills `drawn` and `weight` for `stratum.share` of these rows; `mass` is Σ w p of the whole
/// column.
void draw_rows(std::span<const std::int32_t> rows, const float* group, const Lanes& mass,
               DrawnStratum& stratum);

/// sum = Σ_i Σ_j w_i v_j min(p*_i, q*_j). For each entry of a, running sums cover the entries of b
/// that are smaller, or larger, in every lane; only those whose order depends on the lane are
/// visited.
void weighted_sum_of_minima(const DrawnStratum& a, const DrawnStratum& b, const ScaleRatio& ratio,
                            Lanes& sum);

/// Adds the stratum's part of M* and E* (bootstrap.h).
void add_stratum(const DrawnStratum& a, const DrawnStratum& b, const ScaleRatio& ratio,
                 std::span<const CommonRow> common_rows, const StratumFactors& factors,
                 OverlapSums& sums);

}  // namespace isogloss

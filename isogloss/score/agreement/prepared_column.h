// A column, sorted and summed once for all pairs that it belongs to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/score/cofiring/stratified_tail.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// Activations and, in the same order, their shares x/Σx of the column's mass.
struct Mass {
  std::vector<float> values;
  std::vector<double> shares;
};

/// Where a stratum's activations lie in PreparedColumn::by_stratum.
struct StratumRange {
  std::int32_t stratum = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// One feature in one language, ready for any number of pairs. Takes up to 32 bytes per entry.
struct PreparedColumn {
  SparseColumn column;         ///< a view: the Maxima must outlive this
  double sum = 0;              ///< Σx
  double n_eff = 0;            ///< effective_rows
  std::vector<double> shares;  ///< [size()] x/Σx in the order of `column`
  Mass ascending;              ///< whole corpus
  Mass by_stratum;             ///< ascending within each stratum
  /// Strata in which it fires, ascending; empty if there is only one stratum.
  std::vector<StratumRange> ranges;

  std::size_t size() const { return column.size(); }
};

/// Costs O(k log k) in the non-zeros. Thread-safe, like everything below.
PreparedColumn prepare_column(const SparseColumn& column, const Strata& strata);

/// The feature's column in every language, silent ones included.
std::vector<PreparedColumn> prepare_feature(const Maxima& maxima, std::int32_t feature,
                                            const Strata& strata);

/// What two columns have in common, row by row.
struct CommonMass {
  double overlap = 0;       ///< M = Σ_s min(p_s, q_s)
  std::int32_t cofire = 0;  ///< rows on which both fire
};
CommonMass common_mass(const PreparedColumn& a, const PreparedColumn& b);

/// The overlap expected by chance, and the largest that the margins allow.
struct OverlapBounds {
  double expected = 0;    ///< E, mean over all pairings of rows
  double attainable = 0;  ///< M_max, the largest over all pairings of rows
};

/// Any row may be paired with any: E = (1/n) Σ_s Σ_r min(p_s, q_r). M_max pairs the largest share
/// of one side with the largest of the other, and so on down (min is supermodular, so no pairing
/// has more). Costs O(k) in the non-zeros.
OverlapBounds overlap_bounds(const PreparedColumn& a, const PreparedColumn& b, std::int32_t n_rows);

/// Rows are paired within strata only: the same sums stratum by stratum. `strata` must be those the
/// columns were prepared with.
OverlapBounds overlap_bounds(const PreparedColumn& a, const PreparedColumn& b,
                             const Strata& strata);

/// The strata in which both fire, in the form stratified_hypergeometric_tail takes.
std::vector<StratumCounts> common_strata(const PreparedColumn& a, const PreparedColumn& b,
                                         const Strata& strata);

}  // namespace isogloss

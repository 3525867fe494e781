// A column's non-zeros gathered by stratum.
#pragma once

#include <cstdint>
#include <vector>

#include "isogloss/score/strata.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// The non-zeros of stratum `strata[i]` stand at first[i] … first[i + 1] − 1. Strata ascend; rows
/// ascend within a stratum.
struct ColumnByStratum {
  std::vector<std::int32_t> strata;
  std::vector<std::int32_t> first;  ///< [strata + 1]
  std::vector<std::int32_t> rows;
  std::vector<double> shares;  ///< x/Σx

  std::int32_t count(std::size_t i) const { return first[i + 1] - first[i]; }
};

/// Gathers by counting, in O(k + t log t) for k non-zeros in t strata. Holds scratch memory of the
/// number of strata: one for each thread.
class StratumGatherer {
 public:
  /// Keeps a reference to `strata`.
  explicit StratumGatherer(const Strata& strata);

  /// `column` must not be silent.
  ColumnByStratum gather(const SparseColumn& column);

  std::int32_t size_of(std::int32_t stratum) const {
    return strata_->size[static_cast<std::size_t>(stratum)];
  }
  /// Where its rows begin when strata stand one after the other.
  std::size_t first_row_of(std::int32_t stratum) const {
    return first_row_[static_cast<std::size_t>(stratum)];
  }

 private:
  const Strata* strata_;
  std::vector<std::size_t> first_row_;
  std::vector<std::int32_t> count_;  ///< [n_strata] all 0 between calls
};

/// Σx in float64, ascending by row.
double sum_of(const SparseColumn& column);

}  // namespace isogloss

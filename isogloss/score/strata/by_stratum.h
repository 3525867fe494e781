// A column's non-zeros gathered by stratum.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/score/strata/strata.h"
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
  std::span<const std::int32_t> rows_of(std::size_t i) const {
    return std::span(rows).subspan(static_cast<std::size_t>(first[i]),
                                   static_cast<std::size_t>(count(i)));
  }
  std::span<const double> shares_of(std::size_t i) const {
    return std::span(shares).subspan(static_cast<std::size_t>(first[i]),
                                     static_cast<std::size_t>(count(i)));
  }
};

/// Calls visit(i, j) for every stratum a.strata[i] = b.strata[j], ascending.
template <class Visit>
void for_each_common_stratum(const ColumnByStratum& a, const ColumnByStratum& b, Visit&& visit) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.strata.size() && j < b.strata.size()) {
    if (a.strata[i] < b.strata[j]) {
      ++i;
    } else if (b.strata[j] < a.strata[i]) {
      ++j;
    } else {
      visit(i++, j++);
    }
  }
}

/// Gathers by counting, in O(k + t log t) for k non-zeros in t strata. Holds scratch memory for
/// every stratum; each thread needs its own.
class StratumGatherer {
 public:
  /// Keeps a reference to `strata`.
  explicit StratumGatherer(const Strata& strata);

  /// `column` must not be silent.
  ColumnByStratum gather(const SparseColumn& column);

  std::int32_t size_of(std::int32_t stratum) const {
    return strata_->size[static_cast<std::size_t>(stratum)];
  }

 private:
  const Strata* strata_;
  std::vector<std::int32_t> count_;  ///< [n_strata]; all 0 between calls
};

/// Σx in float64, ascending by row.
double sum_of(const SparseColumn& column);

}  // namespace isogloss

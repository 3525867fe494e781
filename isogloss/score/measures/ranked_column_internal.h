// Ranks of a sparse column, zeros included.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

/// Ranks from 1, ties sharing their mean. The zeros are one tie; ranks are held as their distance
/// from it, doubled, so that they are whole, and zero off the column. Sums of products stay exact
/// up to 180,000 rows, beyond which they round.
struct RankedColumn {
  SparseColumn column;
  std::vector<double> above_zeros;  ///< 2·(rank − rank of the zeros), > 0; by entry of the column
  double sum = 0;
  double sum_of_squares = 0;
  bool constant = false;  ///< the same value on every row

  std::size_t size() const { return column.size(); }
};

/// One a column, in order. O(k log k) each.
std::vector<RankedColumn> rank_columns(std::span<const SparseColumn> columns, std::int32_t n_rows);

}  // namespace isogloss

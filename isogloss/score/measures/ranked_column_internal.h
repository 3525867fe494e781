// Ranks of a sparse column, zeros included.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

/// Ranks from 1, ties sharing their mean. The zeros are one tie. A rank is held as twice its
/// distance from that tie: a whole number, and 0 for rows outside the column. Sums of products are
/// exact up to 180,000 rows and are rounded beyond.
struct RankedColumn {
  SparseColumn column;
  std::vector<double> above_zeros;  ///< 2·(rank − rank of the zeros), > 0; by entry of the column
  double sum = 0;
  double sum_of_squares = 0;
  bool constant = false;  ///< the same value on every row

  std::size_t size() const { return column.size(); }
};

/// Returns one per column, in order. Costs O(k log k) each.
std::vector<RankedColumn> rank_columns(std::span<const SparseColumn> columns, std::int32_t n_rows);

}  // namespace isogloss

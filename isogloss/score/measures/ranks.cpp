#include <algorithm>
#include <numeric>

#include "isogloss/score/measures/ranks_internal.h"

namespace isogloss {
namespace {

/// The n_zeros zeros take ranks 1 … n_zeros, their mean (n_zeros + 1)/2. Entries i … j − 1 in order
/// of value, equal, take n_zeros + i + 1 … n_zeros + j, their mean n_zeros + (i + j + 1)/2. Twice
/// the difference is n_zeros + i + j.
RankedColumn rank_column(const SparseColumn& column, std::int32_t n_rows) {
  const auto k = column.size();
  const auto n_zeros = static_cast<std::size_t>(n_rows) - k;
  std::vector<std::size_t> order(k);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return column.values[a] < column.values[b]; });
  RankedColumn ranked{.column = column, .above_zeros = std::vector<double>(k)};
  for (std::size_t i = 0; i < k;) {
    auto j = i + 1;
    while (j < k && column.values[order[j]] == column.values[order[i]]) ++j;
    ranked.constant = j - i == static_cast<std::size_t>(n_rows);
    const auto above = static_cast<double>(n_zeros + i + j);
    for (; i < j; ++i) {
      ranked.above_zeros[order[i]] = above;
      ranked.sum += above;
      ranked.sum_of_squares += above * above;
    }
  }
  return ranked;
}

}  // namespace

std::vector<RankedColumn> rank_columns(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  std::vector<RankedColumn> ranked;
  ranked.reserve(columns.size());
  for (const auto& column : columns) ranked.push_back(rank_column(column, n_rows));
  return ranked;
}

}  // namespace isogloss

#include <algorithm>
#include <bit>

#include "isogloss/score/measures/ranked_column_internal.h"

namespace isogloss {
namespace {

/// Entries by value, ascending: the value's bits, which order as positive floats do, above the
/// index. Sorting such single numbers takes half the time of looking values up.
std::vector<std::uint64_t> sorted_entries(std::span<const float> values) {
  std::vector<std::uint64_t> entries(values.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] = std::uint64_t{std::bit_cast<std::uint32_t>(values[i])} << 32 | i;
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// The n_zeros zeros take ranks 1 … n_zeros, their mean (n_zeros + 1)/2. Entries i … j − 1 in order
/// of value, equal, take n_zeros + i + 1 … n_zeros + j, their mean n_zeros + (i + j + 1)/2. Twice
/// the difference is n_zeros + i + j.
RankedColumn rank_column(const SparseColumn& column, std::int32_t n_rows) {
  const auto k = column.size();
  const auto n_zeros = static_cast<std::size_t>(n_rows) - k;
  const auto entries = sorted_entries(column.values);
  RankedColumn ranked{.column = column, .above_zeros = std::vector<double>(k)};
  for (std::size_t i = 0; i < k;) {
    auto j = i + 1;
    while (j < k && entries[j] >> 32 == entries[i] >> 32) ++j;
    ranked.constant = j - i == static_cast<std::size_t>(n_rows);
    const auto above = static_cast<double>(n_zeros + i + j);
    for (; i < j; ++i) {
      ranked.above_zeros[static_cast<std::uint32_t>(entries[i])] = above;
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

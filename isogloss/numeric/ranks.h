// Ranks with ties.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace isogloss {

/// Twice the rank, from 1, of each value; ties share their mean rank. Mean ranks are halves, so
/// that twice the rank is a whole number and sums of ranks are exact. Infinite values rank as they
/// compare; NaN may not occur. O(n log n).
template <class T>
std::vector<std::int64_t> doubled_ranks(std::span<const T> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<std::int64_t> ranks(values.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (auto i = first; i < end; ++i) ranks[order[i]] = static_cast<std::int64_t>(first + end + 1);
  }
  return ranks;
}

/// Ranks from 1, ties sharing their mean.
inline std::vector<double> mean_ranks(std::span<const double> values) {
  std::vector<double> ranks;
  ranks.reserve(values.size());
  for (const auto doubled : doubled_ranks(values))
    ranks.push_back(0.5 * static_cast<double>(doubled));
  return ranks;
}

}  // namespace isogloss

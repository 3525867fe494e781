#include "isogloss/model/batch_plan.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace isogloss {

std::vector<Batch> plan_batches(std::span<const std::int32_t> lengths, const BatchLimits& limits) {
  std::vector<std::int32_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0);
  const auto length = [lengths](std::int32_t i) { return lengths[static_cast<std::size_t>(i)]; };
  // Longest first, so that a corpus that does not fit fails at once; stable, so that ties keep
  // the corpus' order on every platform.
  std::ranges::stable_sort(order, std::ranges::greater(), length);

  std::vector<Batch> batches;
  std::int32_t n_tokens = 0;
  for (const std::int32_t i : order) {
    assert(length(i) >= 1 && length(i) <= limits.max_tokens);
    const bool full = batches.empty() || n_tokens + length(i) > limits.max_tokens ||
                      batches.back().size() == static_cast<std::size_t>(limits.max_sequences);
    if (full) {
      batches.emplace_back();
      n_tokens = 0;
    }
    batches.back().push_back(i);
    n_tokens += length(i);
  }
  return batches;
}

}  // namespace isogloss

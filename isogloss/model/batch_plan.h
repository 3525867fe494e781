// Which sequences run together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace isogloss {

struct BatchLimits {
  std::int32_t max_tokens = 0;
  std::int32_t max_sequences = 0;
};

/// One batch: indices into the list of sequences.
using Batch = std::vector<std::int32_t>;

/// Packs sequences of the given token counts (each 1 … max_tokens) by length, without padding. A
/// pure function of its arguments: resumed, sharded and single runs share one plan, so their
/// results agree to the bit.
std::vector<Batch> plan_batches(std::span<const std::int32_t> lengths, const BatchLimits& limits);

}  // namespace isogloss

// The row draw of Hugging Face datasets.
#pragma once

#include <cstdint>
#include <vector>

namespace isogloss {

/// The rows that `datasets.Dataset.shuffle(seed=seed).select(range(n_take))` draws from `n_rows`:
/// numpy's `default_rng(seed).permutation(n_rows)[:n_take]` (SeedSequence → PCG64 → Fisher–Yates).
/// Needs 0 <= n_take <= n_rows.
std::vector<std::int64_t> hugging_face_shuffle(std::int64_t n_rows, std::uint64_t seed,
                                               std::int64_t n_take);

}  // namespace isogloss

// Sixteen numbers at once: one for each of sixteen resamples. GCC's and Clang's vector types
// compile to whatever the processor has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "isogloss/score/resampling/bootstrap.h"

namespace isogloss {

constexpr std::size_t kLanes = Resamples::kGroup;

/// Aligned for the widest registers, even where the surrounding code is compiled for narrower ones.
struct alignas(kLanes * sizeof(float)) Lanes {
  using Vector [[gnu::vector_size(kLanes * sizeof(float))]] = float;
  using Bits [[gnu::vector_size(kLanes * sizeof(float))]] = std::int32_t;
  Vector v{};

  float operator[](std::size_t lane) const { return v[lane]; }
};

// Compiled for several instruction sets, chosen when the program starts. Pass Lanes by reference:
// by value, each instruction set would pass them in different registers. Lanes never mix, so
// results are the same to the bit (with -ffp-contract=off).
#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define ISOGLOSS_FOR_EACH_INSTRUCTION_SET [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define ISOGLOSS_FOR_EACH_INSTRUCTION_SET
#endif

/// Loads the counts of a row in a group of resamples (Resamples::group).
inline void load_counts(const float* group, std::int32_t row, Lanes& lanes) {
  std::memcpy(&lanes.v, group + static_cast<std::size_t>(row) * kLanes, sizeof lanes.v);
}

}  // namespace isogloss

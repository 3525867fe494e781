#include <cstring>

#include "isogloss/model/float_kernel_internal.h"
#include "isogloss/numeric/vector_math.h"

namespace isogloss {
namespace {

// As many rows as a vector of the processor holds. (g++ ignores a size that a template computes.)
using Wide = float __attribute__((vector_size(64)));
using Avx2 = float __attribute__((vector_size(32)));
using Portable = float __attribute__((vector_size(16)));

/// Of kN tokens with the rows from `first_row` on that a Vector holds. The sums stay in registers.
template <class Vector, std::size_t kN>
ISOGLOSS_INLINE void multiply(const FloatPanel& panel, std::size_t first_row, std::size_t n_numbers,
                              const float* const* x, float (*sums)[kFloatRows]) {
  Vector totals[kN] = {};
  for (std::size_t i = 0; i < n_numbers; ++i) {
    Vector weights;
    std::memcpy(&weights, panel.values[i] + first_row, sizeof weights);
#pragma GCC unroll 8
    for (std::size_t t = 0; t < kN; ++t) totals[t] += weights * x[t][i];
  }
  for (std::size_t t = 0; t < kN; ++t) {
    std::memcpy(sums[t] + first_row, &totals[t], sizeof totals[t]);
  }
}

/// Of `n_tokens` tokens, kN at a time, and what is left half as many at a time.
template <class Vector, std::size_t kN>
ISOGLOSS_INLINE void multiply_some(const FloatPanel& panel, std::size_t n_numbers,
                                   const float* const* x, std::size_t n_tokens,
                                   float (*sums)[kFloatRows]) {
  std::size_t t = 0;
  for (; t + kN <= n_tokens; t += kN) {
    for (std::size_t row = 0; row < kFloatRows; row += sizeof(Vector) / sizeof(float)) {
      multiply<Vector, kN>(panel, row, n_numbers, x + t, sums + t);
    }
  }
  if constexpr (kN > 1) {
    multiply_some<Vector, kN / 2>(panel, n_numbers, x + t, n_tokens - t, sums + t);
  }
}

}  // namespace

ISOGLOSS_WIDE void multiply_floats_wide(const FloatPanel& panel, std::size_t n_numbers,
                                        const float* const* x, std::size_t n_tokens,
                                        float (*sums)[kFloatRows]) {
  multiply_some<Wide, kFloatTokens>(panel, n_numbers, x, n_tokens, sums);
}

ISOGLOSS_AVX2 void multiply_floats_avx2(const FloatPanel& panel, std::size_t n_numbers,
                                        const float* const* x, std::size_t n_tokens,
                                        float (*sums)[kFloatRows]) {
  multiply_some<Avx2, kFloatTokens>(panel, n_numbers, x, n_tokens, sums);
}

void multiply_floats_portable(const FloatPanel& panel, std::size_t n_numbers, const float* const* x,
                              std::size_t n_tokens, float (*sums)[kFloatRows]) {
  multiply_some<Portable, kFloatTokens>(panel, n_numbers, x, n_tokens, sums);
}

}  // namespace isogloss

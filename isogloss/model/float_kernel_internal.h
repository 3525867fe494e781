// The inner loops of products in float32: 16 rows of weights with several tokens.
#pragma once

#include <cstddef>

namespace isogloss {

inline constexpr std::size_t kFloatRows = 16;      ///< of weights, side by side
inline constexpr std::size_t kFloatTokens = 8;     ///< at most, at once
inline constexpr std::size_t kFloatNumbers = 256;  ///< of a row, at most, at once

/// Part of 16 rows: number `i` of row `r` is values[i][r].
struct FloatPanel {
  alignas(64) float values[kFloatNumbers][kFloatRows];
};

/// sums[t][r] = Σ_i panel.values[i][r] · x[t][i] over `n_numbers`, added up in their order, for
/// `n_tokens` up to kFloatTokens. For any processor.
void multiply_floats_portable(const FloatPanel& panel, std::size_t n_numbers, const float* const* x,
                              std::size_t n_tokens, float (*sums)[kFloatRows]);
/// The same bits where has_avx2() or widest_vectors().
void multiply_floats_avx2(const FloatPanel& panel, std::size_t n_numbers, const float* const* x,
                          std::size_t n_tokens, float (*sums)[kFloatRows]);
void multiply_floats_wide(const FloatPanel& panel, std::size_t n_numbers, const float* const* x,
                          std::size_t n_tokens, float (*sums)[kFloatRows]);

}  // namespace isogloss

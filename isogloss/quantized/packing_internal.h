// What the kernels of all processors share: how both sides are packed. The functions are inlined
// into functions that are compiled for a processor, and use whatever vectors that one has.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "isogloss/quantized/kernel.h"
#include "isogloss/quantized/types_internal.h"

namespace isogloss::quantized {

/// Exact, also where a processor is told to treat subnormal numbers as 0.
ISOGLOSS_INLINE float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t magnitude = (half & 0x7FFFU) << 13;
  const float small = std::bit_cast<float>(0x3F000000U | (half & 0x3FFU)) - 0.5F;
  const std::uint32_t small_bits = std::bit_cast<std::uint32_t>(small);
  const std::uint32_t large_bits =
      magnitude + (magnitude >= 0x0F800000U ? 0x70000000U : 0x38000000U);
  return std::bit_cast<float>(sign | (magnitude < 0x00800000U ? small_bits : large_bits));
}

/// Quads `first` to `first` + 3 of rows `row` to `row` + 3.
ISOGLOSS_INLINE void transpose_sixteen(const Blocks& blocks, std::size_t row, std::size_t first,
                                       PackedWeights& out) {
  using Quads = std::uint32_t __attribute__((vector_size(16)));
  Quads in[4];
  for (std::size_t r = 0; r < 4; ++r) {
    std::memcpy(&in[r], blocks.values[row + r] + 4 * first, sizeof in[r]);
  }
  const Quads low_ab = __builtin_shufflevector(in[0], in[1], 0, 4, 1, 5);
  const Quads low_cd = __builtin_shufflevector(in[2], in[3], 0, 4, 1, 5);
  const Quads high_ab = __builtin_shufflevector(in[0], in[1], 2, 6, 3, 7);
  const Quads high_cd = __builtin_shufflevector(in[2], in[3], 2, 6, 3, 7);
  const Quads columns[4] = {__builtin_shufflevector(low_ab, low_cd, 0, 1, 4, 5),
                            __builtin_shufflevector(low_ab, low_cd, 2, 3, 6, 7),
                            __builtin_shufflevector(high_ab, high_cd, 0, 1, 4, 5),
                            __builtin_shufflevector(high_ab, high_cd, 2, 3, 6, 7)};
  for (std::size_t q = 0; q < 4; ++q) {
    std::memcpy(out.values[first + q][row], &columns[q], sizeof columns[q]);
  }
}

ISOGLOSS_INLINE void transpose(const Blocks& blocks, PackedWeights& out) {
  for (std::size_t row = 0; row < kRowsPerPanel; row += 4) {
    transpose_sixteen(blocks, row, 0, out);
    transpose_sixteen(blocks, row, 4, out);
  }
}

template <Form kForm>
ISOGLOSS_INLINE void pack_scales(const Blocks& blocks, PackedWeights& out) {
  constexpr bool kHasFactor = kForm == Form::kFactorAndMinimum || kForm == Form::kTwoFactors;
  for (std::size_t r = 0; r < kRowsPerPanel; ++r) {
    const float scale = float_of_half(blocks.scale[r]);
    out.scale[0][r] = kHasFactor ? scale * static_cast<float>(blocks.factors[0][r]) : scale;
    if (kForm == Form::kTwoFactors) {
      out.scale[1][r] = scale * static_cast<float>(blocks.factors[1][r]);
    } else if (kForm == Form::kMinimum) {
      out.minimum[r] = 0 - float_of_half(blocks.minimum[r]);
    } else if (kForm == Form::kFactorAndMinimum) {
      out.minimum[r] =
          float_of_half(blocks.minimum[r]) * static_cast<float>(blocks.minimum_factor[r]);
    }
  }
}

/// See QuantizedKernel::pack_panel.
template <class Type>
ISOGLOSS_INLINE void pack_panel(const std::uint8_t* weights, std::size_t row_bytes,
                                std::size_t n_rows, std::size_t n_blocks, PackedWeights* panel) {
  const std::uint8_t* rows[kRowsPerPanel];
  for (std::size_t r = 0; r < kRowsPerPanel; ++r) {
    rows[r] = weights + (r < n_rows ? r : n_rows - 1) * row_bytes;
  }
  Blocks blocks;
  for (std::size_t b = 0; b < n_blocks; ++b) {
    const std::size_t together = b / Type::kBlocks * Type::kBytes;
    for (std::size_t r = 0; r < kRowsPerPanel; ++r) {
      Type::unpack(rows[r] + together, b % Type::kBlocks, r, blocks);
    }
    transpose(blocks, panel[b]);
    pack_scales<Type::kForm>(blocks, panel[b]);
  }
}

/// 32 numbers as scale · value, each value rounded to the nearest integer, halves to the even one:
/// as ggml's Q8_0, but for the scale, which stays a float32.
ISOGLOSS_INLINE void quantise_block(const float* x, float& scale, std::int8_t* values) {
  constexpr float kSmallest = 1e-36F;     // 127 over less would overflow
  constexpr float kRounder = 12582912.F;  // 1.5 · 2^23: adding it leaves the nearest integer
  std::uint32_t largest_bits = 0;  // in this order, NaN is above infinity, and that above the rest
  for (std::size_t i = 0; i < kNumbersPerBlock; ++i) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(x[i]) & 0x7FFFFFFFU;
    largest_bits = bits > largest_bits ? bits : largest_bits;
  }
  const float largest = std::bit_cast<float>(largest_bits);
  const float inverse = largest > kSmallest ? 127 / largest : 0;
  scale = largest / 127;
  for (std::size_t i = 0; i < kNumbersPerBlock; ++i) {
    const float shifted = x[i] * inverse + kRounder;
    values[i] = static_cast<std::int8_t>(std::bit_cast<std::uint32_t>(shifted));
  }
}

/// See KernelSet::pack_tile.
ISOGLOSS_INLINE void pack_tile(const float* x, std::size_t n_tokens, std::size_t n_blocks,
                               PackedActivations* tile) {
  for (std::size_t t = 0; t < n_tokens; ++t) {
    for (std::size_t b = 0; b < n_blocks; ++b, x += kNumbersPerBlock) {
      std::int8_t values[kNumbersPerBlock];
      quantise_block(x, tile[b].scale[t], values);
      for (std::size_t h = 0; h < 2; ++h) {
        std::int32_t sum = 0;
        for (std::size_t i = 0; i < kNumbersPerBlock / 2; ++i) sum += values[16 * h + i];
        tile[b].half_sum[h][t] = sum;
      }
      for (std::size_t q = 0; q < kQuadsPerBlock; ++q) {
        std::memcpy(tile[b].values[q][t], values + 4 * q, 4);
      }
    }
  }
}

/// A row for each type, from functions that are compiled for a processor.
template <template <class> class Code, class... Types>
constexpr std::array<QuantizedKernel, sizeof...(Types)> kernels_of(TypeList<Types...>) {
  return {{{Types::kType, &Code<Types>::pack_panel, &Code<Types>::multiply_panel}...}};
}

}  // namespace isogloss::quantized

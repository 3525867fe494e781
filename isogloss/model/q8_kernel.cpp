#include "isogloss/model/q8_kernel_internal.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <ggml-cpu.h>
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <numeric>

// The build is for any x86-64; these functions alone are for the processors that have more.
#define ISOGLOSS_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace isogloss {
namespace {

constexpr std::size_t kQuads = kNumbersPerBlock / 4;
/// ggml's block: a float16 scale, then 32 signed bytes.
constexpr std::size_t kScaleBytes = 2;
constexpr std::size_t kBytesPerBlock = kScaleBytes + kNumbersPerBlock;

ISOGLOSS_VNNI __m256i values_of(const std::uint8_t* block) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + kScaleBytes));
}

/// The same block of rows `first` and `first` + 4, a half each.
ISOGLOSS_VNNI __m512i two_rows(const std::uint8_t* const* rows, std::size_t first) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(values_of(rows[first])),
                            values_of(rows[first + 4]), 1);
}

/// Transposes four rows and the four that lie 4 below: out[c] has, in its 128-bit parts, quad c of
/// the upper four, quad c + 4 of the upper four, and the same of the lower four.
ISOGLOSS_VNNI void transpose_eight(const std::uint8_t* const* rows, std::size_t first,
                                   __m512i* out) {
  const __m512i a = two_rows(rows, first);
  const __m512i b = two_rows(rows, first + 1);
  const __m512i c = two_rows(rows, first + 2);
  const __m512i d = two_rows(rows, first + 3);
  const __m512i ab_low = _mm512_unpacklo_epi32(a, b);
  const __m512i ab_high = _mm512_unpackhi_epi32(a, b);
  const __m512i cd_low = _mm512_unpacklo_epi32(c, d);
  const __m512i cd_high = _mm512_unpackhi_epi32(c, d);
  out[0] = _mm512_unpacklo_epi64(ab_low, cd_low);
  out[1] = _mm512_unpackhi_epi64(ab_low, cd_low);
  out[2] = _mm512_unpacklo_epi64(ab_high, cd_high);
  out[3] = _mm512_unpackhi_epi64(ab_high, cd_high);
}

/// `rows` are 16 pointers to the same block of 16 rows.
ISOGLOSS_VNNI void pack_block(const std::uint8_t* const* rows, PackedWeights& out) {
  __m512i upper[4];
  __m512i lower[4];
  transpose_eight(rows, 0, upper);
  transpose_eight(rows, 8, lower);
  const __m512i sign = _mm512_set1_epi32(static_cast<int>(0x80808080U));  // signed + 128
  for (std::size_t c = 0; c < 4; ++c) {
    const __m512i low = _mm512_shuffle_i32x4(upper[c], lower[c], 0b10'00'10'00);
    const __m512i high = _mm512_shuffle_i32x4(upper[c], lower[c], 0b11'01'11'01);
    _mm512_store_si512(out.values[c], _mm512_xor_si512(low, sign));
    _mm512_store_si512(out.values[c + 4], _mm512_xor_si512(high, sign));
  }
  alignas(32) std::uint16_t scales[kRowsPerPanel];
  for (std::size_t r = 0; r < kRowsPerPanel; ++r) std::memcpy(&scales[r], rows[r], kScaleBytes);
  const auto* const halves = reinterpret_cast<const __m256i*>(scales);
  _mm512_store_ps(out.scale, _mm512_cvtph_ps(_mm256_load_si256(halves)));
}

ISOGLOSS_VNNI __m512i broadcast(const std::int8_t* quad) {
  std::int32_t bits = 0;
  std::memcpy(&bits, quad, sizeof bits);
  return _mm512_set1_epi32(bits);
}

/// totals[token] += the products of one block with 16 rows. Sums and totals stay in registers.
ISOGLOSS_VNNI inline void add_block(const PackedWeights& weights, const PackedActivations& x,
                                    __m512 (&totals)[kTokensPerTile]) {
  __m512i sums[kTokensPerTile];
  for (std::size_t t = 0; t < kTokensPerTile; ++t) sums[t] = _mm512_set1_epi32(x.start[t]);
#pragma GCC unroll 8
  for (std::size_t q = 0; q < kQuads; ++q) {
    const __m512i w = _mm512_load_si512(weights.values[q]);
    for (std::size_t t = 0; t < kTokensPerTile; ++t) {
      sums[t] = _mm512_dpbusd_epi32(sums[t], w, broadcast(x.values[q][t]));
    }
  }
  const __m512 scale = _mm512_load_ps(weights.scale);
  for (std::size_t t = 0; t < kTokensPerTile; ++t) {
    const __m512 scales = _mm512_mul_ps(scale, _mm512_set1_ps(x.scale[t]));
    totals[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[t]), scales, totals[t]);
  }
}

}  // namespace

bool q8_processor_suffices() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

ISOGLOSS_VNNI void pack_panel(const std::uint8_t* weights, std::size_t n_rows, std::size_t n_blocks,
                              PackedWeights* panel) {
  const std::uint8_t* rows[kRowsPerPanel];
  for (std::size_t r = 0; r < kRowsPerPanel; ++r) {
    rows[r] = weights + std::min(r, n_rows - 1) * n_blocks * kBytesPerBlock;
  }
  for (std::size_t b = 0; b < n_blocks; ++b) {
    pack_block(rows, panel[b]);
    for (auto& row : rows) row += kBytesPerBlock;
  }
}

ISOGLOSS_VNNI void pack_tile(const float* x, std::size_t n_tokens, std::size_t n_blocks,
                             std::uint8_t* row, PackedActivations* tile) {
  const auto quantise = ggml_get_type_traits_cpu(GGML_TYPE_Q8_0)->from_float;
  const std::size_t width = n_blocks * kNumbersPerBlock;
  for (std::size_t t = 0; t < n_tokens; ++t) {
    quantise(x + t * width, row, static_cast<std::int64_t>(width));
    for (std::size_t b = 0; b < n_blocks; ++b) {
      const std::uint8_t* const block = row + b * kBytesPerBlock;
      ggml_fp16_t scale = 0;
      std::memcpy(&scale, block, kScaleBytes);
      std::int8_t values[kNumbersPerBlock];
      std::memcpy(values, block + kScaleBytes, sizeof values);
      tile[b].scale[t] = ggml_fp16_to_fp32(scale);
      tile[b].start[t] = -128 * std::accumulate(values, values + kNumbersPerBlock, std::int32_t{0});
      for (std::size_t q = 0; q < kQuads; ++q) std::memcpy(tile[b].values[q][t], values + 4 * q, 4);
    }
  }
}

ISOGLOSS_VNNI void multiply_panel(const PackedWeights* panel, const PackedActivations* tile,
                                  std::size_t n_blocks, std::size_t n_rows, std::size_t n_tokens,
                                  float* out, std::size_t stride) {
  __m512 totals[kTokensPerTile];
  for (auto& total : totals) total = _mm512_setzero_ps();
  for (std::size_t b = 0; b < n_blocks; ++b) add_block(panel[b], tile[b], totals);
  const auto mask = static_cast<__mmask16>((1U << n_rows) - 1);
  for (std::size_t t = 0; t < n_tokens; ++t) {
    _mm512_mask_storeu_ps(out + t * stride, mask, totals[t]);
  }
}

}  // namespace isogloss

#else

#include <cassert>

namespace isogloss {

bool q8_processor_suffices() { return false; }

void pack_panel(const std::uint8_t*, std::size_t, std::size_t, PackedWeights*) { assert(false); }

void pack_tile(const float*, std::size_t, std::size_t, std::uint8_t*, PackedActivations*) {
  assert(false);
}

void multiply_panel(const PackedWeights*, const PackedActivations*, std::size_t, std::size_t,
                    std::size_t, float*, std::size_t) {
  assert(false);
}

}  // namespace isogloss

#endif

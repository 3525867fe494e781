#include "isogloss/model/quantized_kernel_internal.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <ggml-cpu.h>
#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "isogloss/model/quantized_types_internal.h"

// The build is for any x86-64; these functions alone are for the processors that have more.
#define ISOGLOSS_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace isogloss {
namespace {

using quantized::Blocks;
using quantized::Form;

constexpr std::size_t kQuads = kNumbersPerBlock / 4;
/// ggml's block of Q8_0: a float16 scale, then 32 signed bytes.
constexpr std::size_t kScaleBytes = 2;
constexpr std::size_t kBytesPerBlock = kScaleBytes + kNumbersPerBlock;

using Values = std::uint8_t[kRowsPerPanel][kNumbersPerBlock];

ISOGLOSS_VNNI inline __m256i values_of(const Values& rows, std::size_t r) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(rows[r]));
}

/// Rows `first` and `first` + 4, a half each.
ISOGLOSS_VNNI inline __m512i two_rows(const Values& rows, std::size_t first) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(values_of(rows, first)),
                            values_of(rows, first + 4), 1);
}

/// Transposes four rows and the four that lie 4 below: out[c] has, in its 128-bit parts, quad c of
/// the upper four, quad c + 4 of the upper four, and the same of the lower four.
ISOGLOSS_VNNI inline void transpose_eight(const Values& rows, std::size_t first, __m512i* out) {
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

ISOGLOSS_VNNI inline void transpose(const Values& rows, PackedWeights& out) {
  __m512i upper[4];
  __m512i lower[4];
  transpose_eight(rows, 0, upper);
  transpose_eight(rows, 8, lower);
  for (std::size_t c = 0; c < 4; ++c) {
    const __m512i low = _mm512_shuffle_i32x4(upper[c], lower[c], 0b10'00'10'00);
    const __m512i high = _mm512_shuffle_i32x4(upper[c], lower[c], 0b11'01'11'01);
    _mm512_store_si512(out.values[c], low);
    _mm512_store_si512(out.values[c + 4], high);
  }
}

ISOGLOSS_VNNI inline __m512 from_halves(const std::uint16_t* halves) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves)));
}

ISOGLOSS_VNNI inline __m512 from_bytes(const std::int8_t* bytes) {
  const auto* const sixteen = reinterpret_cast<const __m128i*>(bytes);
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(sixteen)));
}

template <Form kForm>
ISOGLOSS_VNNI inline void pack_scales(const Blocks& blocks, PackedWeights& out) {
  const __m512 scale = from_halves(blocks.scale);
  if (kForm == Form::kPlain || kForm == Form::kMinimum) {
    _mm512_store_ps(out.scale[0], scale);
  } else {
    _mm512_store_ps(out.scale[0], _mm512_mul_ps(scale, from_bytes(blocks.factors[0])));
  }
  if (kForm == Form::kTwoFactors) {
    _mm512_store_ps(out.scale[1], _mm512_mul_ps(scale, from_bytes(blocks.factors[1])));
  } else if (kForm == Form::kMinimum) {
    _mm512_store_ps(out.minimum, _mm512_sub_ps(_mm512_setzero_ps(), from_halves(blocks.minimum)));
  } else if (kForm == Form::kFactorAndMinimum) {
    _mm512_store_ps(out.minimum,
                    _mm512_mul_ps(from_halves(blocks.minimum), from_bytes(blocks.minimum_factor)));
  }
}

template <class Type>
ISOGLOSS_VNNI void pack_panel(const std::uint8_t* weights, std::size_t row_bytes,
                              std::size_t n_rows, std::size_t n_blocks, PackedWeights* panel) {
  const std::uint8_t* rows[kRowsPerPanel];
  for (std::size_t r = 0; r < kRowsPerPanel; ++r) {
    rows[r] = weights + std::min(r, n_rows - 1) * row_bytes;
  }
  Blocks blocks;
  for (std::size_t b = 0; b < n_blocks; ++b) {
    const std::size_t together = b / Type::kBlocks * Type::kBytes;
    for (std::size_t r = 0; r < kRowsPerPanel; ++r) {
      Type::unpack(rows[r] + together, b % Type::kBlocks, r, blocks);
    }
    transpose(blocks.values, panel[b]);
    pack_scales<Type::kForm>(blocks, panel[b]);
  }
}

ISOGLOSS_VNNI __m512i broadcast(const std::int8_t* quad) {
  std::int32_t bits = 0;
  std::memcpy(&bits, quad, sizeof bits);
  return _mm512_set1_epi32(bits);
}

using Sums = __m512i[kTokensPerTile];

/// Adds the products of the quads from `kFirst` to before `kLast` of a block.
template <std::size_t kFirst, std::size_t kLast>
ISOGLOSS_VNNI inline void add_quads(const PackedWeights& weights, const PackedActivations& x,
                                    Sums& sums) {
#pragma GCC unroll 8
  for (std::size_t q = kFirst; q < kLast; ++q) {
    const __m512i w = _mm512_load_si512(weights.values[q]);
    for (std::size_t t = 0; t < kTokensPerTile; ++t) {
      sums[t] = _mm512_dpbusd_epi32(sums[t], w, broadcast(x.values[q][t]));
    }
  }
}

/// totals[token] += the products of one block with 16 rows. Sums and totals stay in registers.
template <class Type>
ISOGLOSS_VNNI inline void add_block(const PackedWeights& weights, const PackedActivations& x,
                                    __m512 (&totals)[kTokensPerTile]) {
  constexpr bool kHalves = Type::kForm == Form::kTwoFactors;
  Sums sums;
  for (std::size_t h = 0; h < (kHalves ? 2 : 1); ++h) {
    for (std::size_t t = 0; t < kTokensPerTile; ++t) {
      const auto sum = kHalves ? x.half_sum[h][t] : x.half_sum[0][t] + x.half_sum[1][t];
      sums[t] = _mm512_set1_epi32(-Type::kOffset * sum);
    }
    if (!kHalves) {
      add_quads<0, kQuads>(weights, x, sums);
    } else if (h == 0) {
      add_quads<0, kQuads / 2>(weights, x, sums);
    } else {
      add_quads<kQuads / 2, kQuads>(weights, x, sums);
    }
    const __m512 scale = _mm512_load_ps(weights.scale[h]);
    for (std::size_t t = 0; t < kTokensPerTile; ++t) {
      const __m512 scales = _mm512_mul_ps(scale, _mm512_set1_ps(x.scale[t]));
      totals[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[t]), scales, totals[t]);
    }
  }
  if (Type::kForm != Form::kMinimum && Type::kForm != Form::kFactorAndMinimum) return;
  const __m512 minimum = _mm512_load_ps(weights.minimum);
  for (std::size_t t = 0; t < kTokensPerTile; ++t) {
    const auto sum = static_cast<float>(x.half_sum[0][t] + x.half_sum[1][t]) * x.scale[t];
    totals[t] = _mm512_fnmadd_ps(minimum, _mm512_set1_ps(sum), totals[t]);
  }
}

template <class Type>
ISOGLOSS_VNNI void multiply_panel(const PackedWeights* panel, const PackedActivations* tile,
                                  std::size_t n_blocks, std::size_t n_rows, std::size_t n_tokens,
                                  float* out, std::size_t stride) {
  __m512 totals[kTokensPerTile];
  for (auto& total : totals) total = _mm512_setzero_ps();
  for (std::size_t b = 0; b < n_blocks; ++b) add_block<Type>(panel[b], tile[b], totals);
  const auto mask = static_cast<__mmask16>((1U << n_rows) - 1);
  for (std::size_t t = 0; t < n_tokens; ++t) {
    _mm512_mask_storeu_ps(out + t * stride, mask, totals[t]);
  }
}

template <class Type>
constexpr QuantizedKernel kernel_of(ggml_type type) {
  return {type, Type::kBlocks, &pack_panel<Type>, &multiply_panel<Type>};
}

constexpr QuantizedKernel kKernels[] = {
    kernel_of<quantized::Q8_0>(GGML_TYPE_Q8_0),     kernel_of<quantized::Q4_0>(GGML_TYPE_Q4_0),
    kernel_of<quantized::Q4_1>(GGML_TYPE_Q4_1),     kernel_of<quantized::Q5_0>(GGML_TYPE_Q5_0),
    kernel_of<quantized::Q5_1>(GGML_TYPE_Q5_1),     kernel_of<quantized::Q4_K>(GGML_TYPE_Q4_K),
    kernel_of<quantized::Q5_K>(GGML_TYPE_Q5_K),     kernel_of<quantized::Q6_K>(GGML_TYPE_Q6_K),
    kernel_of<quantized::IQ4_NL>(GGML_TYPE_IQ4_NL),
};

}  // namespace

bool has_vnni() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

const QuantizedKernel* quantized_kernel(ggml_type type) {
  const auto* const found = std::ranges::find(kKernels, type, &QuantizedKernel::type);
  return found == std::end(kKernels) ? nullptr : found;
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
      for (std::size_t h = 0; h < 2; ++h) {
        tile[b].half_sum[h][t] = std::accumulate(values + 16 * h, values + 16 * (h + 1), 0);
      }
      for (std::size_t q = 0; q < kQuads; ++q) std::memcpy(tile[b].values[q][t], values + 4 * q, 4);
    }
  }
}

}  // namespace isogloss

#else

#include <cassert>

namespace isogloss {

bool has_vnni() { return false; }

const QuantizedKernel* quantized_kernel(ggml_type) { return nullptr; }

void pack_tile(const float*, std::size_t, std::size_t, std::uint8_t*, PackedActivations*) {
  assert(false);
}

}  // namespace isogloss

#endif

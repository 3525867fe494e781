#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#include "isogloss/quantized/kernel_x86_internal.h"
#include "isogloss/quantized/packing_internal.h"

#define ISOGLOSS_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace isogloss {
namespace {

using quantized::Form;

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
      add_quads<0, kQuadsPerBlock>(weights, x, sums);
    } else if (h == 0) {
      add_quads<0, kQuadsPerBlock / 2>(weights, x, sums);
    } else {
      add_quads<kQuadsPerBlock / 2, kQuadsPerBlock>(weights, x, sums);
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
struct Avx512 {
  static ISOGLOSS_VNNI void pack_panel(const std::uint8_t* weights, std::size_t row_bytes,
                                       std::size_t n_rows, std::size_t n_blocks,
                                       PackedWeights* panel) {
    quantized::pack_panel<Type>(weights, row_bytes, n_rows, n_blocks, panel);
  }

  static ISOGLOSS_VNNI void multiply_panel(const PackedWeights* panel,
                                           const PackedActivations* tile, std::size_t n_blocks,
                                           std::size_t n_rows, std::size_t n_tokens, float* out,
                                           std::size_t stride) {
    __m512 totals[kTokensPerTile];
    for (auto& total : totals) total = _mm512_setzero_ps();
    for (std::size_t b = 0; b < n_blocks; ++b) add_block<Type>(panel[b], tile[b], totals);
    const auto mask = static_cast<__mmask16>((1U << n_rows) - 1);
    for (std::size_t t = 0; t < n_tokens; ++t) {
      _mm512_mask_storeu_ps(out + t * stride, mask, totals[t]);
    }
  }
};

ISOGLOSS_VNNI void pack_tile(const float* x, std::size_t n_tokens, std::size_t n_blocks,
                             PackedActivations* tile) {
  quantized::pack_tile(x, n_tokens, n_blocks, tile);
}

bool runs_here() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
}

constexpr auto kKernels = quantized::kernels_of<Avx512>(quantized::AllTypes{});

}  // namespace

const KernelSet kAvx512VnniKernels{"AVX-512 VNNI", &runs_here, kKernels, &pack_tile};

}  // namespace isogloss

#endif

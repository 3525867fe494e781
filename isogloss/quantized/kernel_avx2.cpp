#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#include "isogloss/quantized/kernel_x86_internal.h"
#include "isogloss/quantized/packing_internal.h"

#define ISOGLOSS_TARGET __attribute__((target("avx2,fma")))

namespace isogloss {
namespace {

ISOGLOSS_TARGET inline __m256i broadcast(const std::int8_t* quad) {
  std::int32_t bits = 0;
  std::memcpy(&bits, quad, sizeof bits);
  return _mm256_set1_epi32(bits);
}

/// vpmaddubsw adds two products in 16 bits. Where values are small, so many of its sums fit there
/// that they are widened once for all.
template <class Type, std::size_t kFirst, std::size_t kLast>
ISOGLOSS_TARGET inline __m256i sum_small(const __m256i* w, const PackedActivations& x,
                                         std::size_t t) {
  constexpr std::size_t kTogether = 32767 / (2 * 127 * Type::kLargest);
  const __m256i ones = _mm256_set1_epi16(1);
  auto offset = x.half_sum[kFirst * 2 / kQuadsPerBlock][t];
  if (kLast - kFirst == kQuadsPerBlock) offset += x.half_sum[1][t];
  __m256i sum = _mm256_set1_epi32(-Type::kOffset * offset);
  for (std::size_t q = kFirst; q < kLast; q += kTogether) {
    __m256i pairs = _mm256_maddubs_epi16(w[q], broadcast(x.values[q][t]));
    for (std::size_t i = q + 1; i < q + kTogether && i < kLast; ++i) {
      pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(w[i], broadcast(x.values[i][t])));
    }
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, ones));
  }
  return sum;
}

/// Of values up to 255 the sum of two products does not fit. It does of their distances from 128,
/// with the sign moved to the activations, which are never -128.
template <class Type, std::size_t kFirst, std::size_t kLast>
ISOGLOSS_TARGET inline __m256i sum_large(const __m256i* w, const PackedActivations& x,
                                         std::size_t t) {
  static_assert(Type::kOffset == 128);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t q = kFirst; q < kLast; ++q) {
    const __m256i value = _mm256_xor_si256(w[q], _mm256_set1_epi8(-128));
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(value),
                                               _mm256_sign_epi8(broadcast(x.values[q][t]), value));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, ones));
  }
  return sum;
}

template <class Type, std::size_t kFirst, std::size_t kLast>
ISOGLOSS_TARGET inline __m256i sum_quads(const __m256i* w, const PackedActivations& x,
                                         std::size_t t) {
  if constexpr (Type::kLargest > 63) {
    return sum_large<Type, kFirst, kLast>(w, x, t);
  } else {
    return sum_small<Type, kFirst, kLast>(w, x, t);
  }
}

#include "isogloss/quantized/kernel_256.inc"

bool runs_here() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

}  // namespace

const KernelSet kAvx2Kernels{"AVX2", &runs_here, kKernels, &pack_tile};

}  // namespace isogloss

#endif

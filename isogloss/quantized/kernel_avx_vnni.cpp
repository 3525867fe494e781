#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>

#include "isogloss/quantized/kernel_x86_internal.h"
#include "isogloss/quantized/packing_internal.h"

namespace isogloss {
namespace {

template <class Type>
std::int32_t minus_offset(const PackedActivations& x, std::size_t t, std::size_t first,
                          std::size_t last) {
  std::int32_t sum = 0;
  if (first == 0) sum += x.half_sum[0][t];
  if (last == kQuadsPerBlock) sum += x.half_sum[1][t];
  return -Type::kOffset * sum;
}

std::int32_t bits_of(const std::int8_t* quad) {
  std::int32_t bits = 0;
  std::memcpy(&bits, quad, sizeof bits);
  return bits;
}

namespace vex {

#define ISOGLOSS_TARGET __attribute__((target("avx2,fma,avxvnni")))

template <class Type, std::size_t kFirst, std::size_t kLast>
ISOGLOSS_TARGET inline __m256i sum_quads(const __m256i* w, const PackedActivations& x,
                                         std::size_t t) {
  __m256i sum = _mm256_set1_epi32(minus_offset<Type>(x, t, kFirst, kLast));
#pragma GCC unroll 8
  for (std::size_t q = kFirst; q < kLast; ++q) {
    sum = _mm256_dpbusd_avx_epi32(sum, w[q], _mm256_set1_epi32(bits_of(x.values[q][t])));
  }
  return sum;
}

#include "isogloss/quantized/kernel_256.inc"

#undef ISOGLOSS_TARGET

bool runs_here() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kAvxVnni = 1U << 4;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & kAvxVnni) != 0;
}

}  // namespace vex

namespace evex {

#define ISOGLOSS_TARGET __attribute__((target("avx2,fma,avx512f,avx512vl,avx512vnni")))

template <class Type, std::size_t kFirst, std::size_t kLast>
ISOGLOSS_TARGET inline __m256i sum_quads(const __m256i* w, const PackedActivations& x,
                                         std::size_t t) {
  __m256i sum = _mm256_set1_epi32(minus_offset<Type>(x, t, kFirst, kLast));
#pragma GCC unroll 8
  for (std::size_t q = kFirst; q < kLast; ++q) {
    sum = _mm256_dpbusd_epi32(sum, w[q], _mm256_set1_epi32(bits_of(x.values[q][t])));
  }
  return sum;
}

#include "isogloss/quantized/kernel_256.inc"

#undef ISOGLOSS_TARGET

}  // namespace evex
}  // namespace

const KernelSet kAvxVnniKernels{"AVX-VNNI", &vex::runs_here, vex::kKernels, &vex::pack_tile};
const KernelSet kAvx512Vnni256Kernels{"AVX-512 VNNI of 256 bits",
                                      [] { return kAvx512VnniKernels.runs_here(); }, evex::kKernels,
                                      &evex::pack_tile};

}  // namespace isogloss

#endif

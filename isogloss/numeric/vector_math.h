// Elementary functions without branches, which compilers turn into vector instructions.
#pragma once

#include <bit>
#include <cstdint>

/// Compile a function for the widest vectors of x86-64, for those of AVX2, and without either for
/// any processor: the first form may be called where widest_vectors() says so, the second where
/// has_avx2() does. Whatever it calls must be inlined.
#if defined(__x86_64__) && defined(__GNUC__)
#define ISOGLOSS_WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#define ISOGLOSS_AVX2 __attribute__((target("avx2,fma")))
#else
#define ISOGLOSS_WIDE
#define ISOGLOSS_AVX2
#endif
#define ISOGLOSS_INLINE inline __attribute__((always_inline))

namespace isogloss {

/// Whether this build and this processor have what ISOGLOSS_WIDE is compiled for.
inline bool widest_vectors() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// Whether this build and this processor have what ISOGLOSS_AVX2 is compiled for.
inline bool has_avx2() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

/// e^x within 2 units in the last place; 0 below -87.3, and e^88 above 88.
ISOGLOSS_INLINE float fast_exp(float x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0.693145752F;  // with zeros at its end, so that n times it is exact
  constexpr float kLn2Low = 1.42860677e-6F;
  constexpr float kRounder = 12582912.F;  // 1.5 · 2^23: adding it leaves the nearest integer
  const float bounded = x > 88.F ? 88.F : x;
  const float shifted = bounded * kLog2E + kRounder;
  const float n = shifted - kRounder;
  const float r = (bounded - n * kLn2High) - n * kLn2Low;
  // Taylor's series; the remainder of |r| <= ln(2)/2 is below 2^-27.
  float p = 1.F / 5040;
  p = p * r + 1.F / 720;
  p = p * r + 1.F / 120;
  p = p * r + 1.F / 24;
  p = p * r + 1.F / 6;
  p = p * r + 0.5F;
  p = p * r + 1;
  p = p * r + 1;
  const auto exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23;
  const float value = p * std::bit_cast<float>(exponent);
  return x < -87.3F ? 0.F : value;
}

/// tanh(x) = 1 − 2 / (e^{2x} + 1), within 2·10⁻⁷ of the truth.
ISOGLOSS_INLINE float fast_tanh(float x) { return 1 - 2 / (fast_exp(2 * x) + 1); }

/// erf(x) within 2·10⁻⁷ of the truth: Abramowitz and Stegun, Handbook of Mathematical Functions,
/// 7.1.26.
ISOGLOSS_INLINE float fast_erf(float x) {
  const float size = x < 0 ? -x : x;
  const float t = 1 / (1 + 0.3275911F * size);
  float p = 1.061405429F;
  p = p * t - 1.453152027F;
  p = p * t + 1.421413741F;
  p = p * t - 0.284496736F;
  p = p * t + 0.254829592F;
  const float value = 1 - p * t * fast_exp(-size * size);
  return x < 0 ? -value : value;
}

}  // namespace isogloss

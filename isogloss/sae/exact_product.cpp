#include "isogloss/numeric/vector_math.h"
#include "isogloss/sae/exact_product_internal.h"

namespace isogloss {
namespace {

ISOGLOSS_INLINE double sum_of_products(const float* a, const float* b, std::size_t n) {
  double lanes[kProductStep] = {};  // a fixed number, so that every processor adds in one order
  for (std::size_t i = 0; i < n; i += kProductStep) {
    // A product of two float32 is exact in double, so that fused instructions change no bit.
    for (std::size_t l = 0; l < kProductStep; ++l) lanes[l] += double{a[i + l]} * double{b[i + l]};
  }
  for (std::size_t half = kProductStep / 2; half > 0; half /= 2) {
    for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

ISOGLOSS_WIDE double sum_wide(const float* a, const float* b, std::size_t n) {
  return sum_of_products(a, b, n);
}

ISOGLOSS_AVX2 double sum_avx2(const float* a, const float* b, std::size_t n) {
  return sum_of_products(a, b, n);
}

double sum_anywhere(const float* a, const float* b, std::size_t n) {
  return sum_of_products(a, b, n);
}

}  // namespace

double exact_product(std::span<const float> a, const float* b) {
  static const auto sum = widest_vectors() ? sum_wide : has_avx2() ? sum_avx2 : sum_anywhere;
  return sum(a.data(), b, a.size());
}

}  // namespace isogloss

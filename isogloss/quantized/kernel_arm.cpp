#if defined(__aarch64__) && defined(__linux__)

#include <arm_neon.h>
#include <sys/auxv.h>

#include "isogloss/quantized/kernel_arm_internal.h"
#include "isogloss/quantized/packing_internal.h"

namespace isogloss {
namespace {

using quantized::Form;

constexpr std::size_t kRows = 4;  ///< at a time
using Sums = int32x4_t[kTokensPerTile];
using Totals = float32x4_t[kTokensPerTile];

ISOGLOSS_INLINE int8x16_t activations(const PackedActivations& x, std::size_t q, std::size_t t) {
  return vld1q_s8(x.values[q][t]);
}

/// The instructions multiply signed by signed numbers, or these by unsigned ones. Values up to 255
/// therefore become their distances from 128, which is their offset.
template <class Type>
struct Signed {
  static constexpr bool kIsShifted = Type::kLargest > 127;
  static constexpr std::int32_t kOffset = kIsShifted ? 0 : Type::kOffset;
  static_assert(!kIsShifted || Type::kOffset == 128);

  static ISOGLOSS_INLINE int8x16_t load(const PackedWeights& weights, std::size_t q,
                                        std::size_t row) {
    const uint8x16_t values = vld1q_u8(weights.values[q][row]);
    return vreinterpretq_s8_u8(kIsShifted ? veorq_u8(values, vdupq_n_u8(0x80)) : values);
  }
};

template <class Type>
ISOGLOSS_INLINE void start_sums(const PackedActivations& x, std::size_t first, std::size_t last,
                                Sums& sums) {
  for (std::size_t t = 0; t < kTokensPerTile; ++t) {
    std::int32_t sum = 0;
    if (first == 0) sum += x.half_sum[0][t];
    if (last == kQuadsPerBlock) sum += x.half_sum[1][t];
    sums[t] = vdupq_n_s32(-Signed<Type>::kOffset * sum);
  }
}

namespace dotprod {

#define ISOGLOSS_TARGET __attribute__((target("arch=armv8.2-a+dotprod")))

template <class Type>
ISOGLOSS_TARGET inline void sum_quads(const PackedWeights& weights, std::size_t row,
                                      const PackedActivations& x, std::size_t first,
                                      std::size_t last, Sums& sums) {
  start_sums<Type>(x, first, last, sums);
  for (std::size_t q = first; q < last; ++q) {
    const int8x16_t w = Signed<Type>::load(weights, q, row);
    const int8x16_t low = activations(x, q, 0);
    const int8x16_t high = activations(x, q, 4);
    sums[0] = vdotq_laneq_s32(sums[0], w, low, 0);
    sums[1] = vdotq_laneq_s32(sums[1], w, low, 1);
    sums[2] = vdotq_laneq_s32(sums[2], w, low, 2);
    sums[3] = vdotq_laneq_s32(sums[3], w, low, 3);
    sums[4] = vdotq_laneq_s32(sums[4], w, high, 0);
    sums[5] = vdotq_laneq_s32(sums[5], w, high, 1);
    sums[6] = vdotq_laneq_s32(sums[6], w, high, 2);
    sums[7] = vdotq_laneq_s32(sums[7], w, high, 3);
  }
}

#include "isogloss/quantized/kernel_arm.inc"

#undef ISOGLOSS_TARGET

bool runs_here() { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }

}  // namespace dotprod

namespace i8mm {

#define ISOGLOSS_TARGET __attribute__((target("arch=armv8.2-a+dotprod+i8mm")))

/// Two neighbouring quads of each of four rows or tokens, those of two in each of the pair.
ISOGLOSS_INLINE int32x4x2_t zip(int8x16_t a, int8x16_t b) {
  return vzipq_s32(vreinterpretq_s32_s8(a), vreinterpretq_s32_s8(b));
}

/// vmmlaq_s32 multiplies 8 numbers of two rows with those of two tokens.
template <class Type>
ISOGLOSS_TARGET inline void sum_quads(const PackedWeights& weights, std::size_t row,
                                      const PackedActivations& x, std::size_t first,
                                      std::size_t last, Sums& sums) {
  int32x4_t squares[kTokensPerTile / 2][2];
  for (auto& square : squares) square[0] = square[1] = vdupq_n_s32(0);
  for (std::size_t q = first; q < last; q += 2) {
    const int32x4x2_t w =
        zip(Signed<Type>::load(weights, q, row), Signed<Type>::load(weights, q + 1, row));
    for (std::size_t t = 0; t < kTokensPerTile; t += 4) {
      const int32x4x2_t v = zip(activations(x, q, t), activations(x, q + 1, t));
      for (std::size_t i = 0; i < 2; ++i) {
        const int8x16_t two_tokens = vreinterpretq_s8_s32(v.val[i]);
        for (std::size_t j = 0; j < 2; ++j) {
          int32x4_t& square = squares[t / 2 + i][j];
          square = vmmlaq_s32(square, vreinterpretq_s8_s32(w.val[j]), two_tokens);
        }
      }
    }
  }
  start_sums<Type>(x, first, last, sums);
  for (std::size_t pair = 0; pair < kTokensPerTile / 2; ++pair) {
    const int32x4x2_t tokens = vuzpq_s32(squares[pair][0], squares[pair][1]);
    sums[2 * pair] = vaddq_s32(sums[2 * pair], tokens.val[0]);
    sums[2 * pair + 1] = vaddq_s32(sums[2 * pair + 1], tokens.val[1]);
  }
}

#include "isogloss/quantized/kernel_arm.inc"

#undef ISOGLOSS_TARGET

bool runs_here() { return (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }

}  // namespace i8mm
}  // namespace

const KernelSet kArmI8mmKernels{"Arm i8mm", &i8mm::runs_here, i8mm::kKernels, &i8mm::pack_tile};
const KernelSet kArmDotprodKernels{"Arm dot product", &dotprod::runs_here, dotprod::kKernels,
                                   &dotprod::pack_tile};

}  // namespace isogloss

#endif

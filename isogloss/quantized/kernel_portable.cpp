#include <cmath>

#include "isogloss/quantized/packing_internal.h"

namespace isogloss {
namespace {

using quantized::Form;

template <class Type>
std::int32_t dot(const PackedWeights& weights, const PackedActivations& x, std::size_t r,
                 std::size_t t, std::size_t first, std::size_t last) {
  std::int32_t sum = 0;
  for (std::size_t q = first; q < last; ++q) {
    for (std::size_t i = 0; i < 4; ++i) {
      sum += (weights.values[q][r][i] - Type::kOffset) * x.values[q][t][i];
    }
  }
  return sum;
}

/// `total` and the products of a block of row `r` with token `t`.
template <class Type>
float add_block(const PackedWeights& weights, const PackedActivations& x, std::size_t r,
                std::size_t t, float total) {
  constexpr std::size_t kParts = Type::kForm == Form::kTwoFactors ? 2 : 1;
  constexpr std::size_t kQuads = kQuadsPerBlock / kParts;
  for (std::size_t part = 0; part < kParts; ++part) {
    const auto sum = dot<Type>(weights, x, r, t, part * kQuads, (part + 1) * kQuads);
    total = std::fma(static_cast<float>(sum), weights.scale[part][r] * x.scale[t], total);
  }
  if (Type::kForm == Form::kMinimum || Type::kForm == Form::kFactorAndMinimum) {
    const auto sum = static_cast<float>(x.half_sum[0][t] + x.half_sum[1][t]) * x.scale[t];
    total = std::fma(-weights.minimum[r], sum, total);
  }
  return total;
}

template <class Type>
struct Portable {
  static void pack_panel(const std::uint8_t* weights, std::size_t row_bytes, std::size_t n_rows,
                         std::size_t n_blocks, PackedWeights* panel) {
    quantized::pack_panel<Type>(weights, row_bytes, n_rows, n_blocks, panel);
  }

  static void multiply_panel(const PackedWeights* panel, const PackedActivations* tile,
                             std::size_t n_blocks, std::size_t n_rows, std::size_t n_tokens,
                             float* out, std::size_t stride) {
    for (std::size_t t = 0; t < n_tokens; ++t) {
      for (std::size_t r = 0; r < n_rows; ++r) {
        float total = 0;
        for (std::size_t b = 0; b < n_blocks; ++b) {
          total = add_block<Type>(panel[b], tile[b], r, t, total);
        }
        out[t * stride + r] = total;
      }
    }
  }
};

void pack_tile(const float* x, std::size_t n_tokens, std::size_t n_blocks,
               PackedActivations* tile) {
  quantized::pack_tile(x, n_tokens, n_blocks, tile);
}

constexpr auto kKernels = quantized::kernels_of<Portable>(quantized::AllTypes{});

}  // namespace

const KernelSet kPortableKernels{"portable", [] { return true; }, kKernels, &pack_tile};

}  // namespace isogloss

// The inner loops of a product of quantised weights with float32 activations, for several kinds of
// processor.
//
// Both sides are packed first. A panel is the weights of 16 rows, a tile the activations of 8
// tokens; both are cut along the width into blocks of 32 numbers. All functions are pure, may run
// on any thread at once, and must only be called where the set of kernels runs. Every set computes
// the same bits: a block's products are exact in integers, and the blocks are added in float32 in
// order, with one rounding each. Pointers are to as many items as said; nothing is checked.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace isogloss {

constexpr std::size_t kNumbersPerBlock = 32;  ///< numbers that share a scale
constexpr std::size_t kQuadsPerBlock = kNumbersPerBlock / 4;
constexpr std::size_t kRowsPerPanel = 16;  ///< as many as the widest register has float32
constexpr std::size_t kTokensPerTile = 8;  ///< hides the latency of VNNI, and fits the registers

/// 32 weights of each row of a panel, in the order in which they are multiplied: four neighbours
/// of a row at a time, unsigned.
struct alignas(64) PackedWeights {
  std::uint8_t values[kQuadsPerBlock][kRowsPerPanel][4];
  float scale[2]
             [kRowsPerPanel];    ///< of the halves of the 32; the first of all where a type has one
  float minimum[kRowsPerPanel];  ///< to be subtracted; only where a type has one
};

/// 32 activations of each token of a tile, as scale · value with values of -127 to 127.
struct PackedActivations {
  std::int8_t values[kQuadsPerBlock][kTokensPerTile][4];
  float scale[kTokensPerTile];
  std::int32_t half_sum[2][kTokensPerTile];  ///< of the two halves of the 32 values
};

/// What a type of weights needs.
struct QuantizedKernel {
  ggml_type type;

  /// Packs `n_rows` (1 to kRowsPerPanel) consecutive rows of weights, `row_bytes` each, into
  /// `panel` [n_blocks]; missing rows repeat the last.
  void (*pack_panel)(const std::uint8_t* weights, std::size_t row_bytes, std::size_t n_rows,
                     std::size_t n_blocks, PackedWeights* panel);

  /// out[token · stride + row] for `n_rows` by `n_tokens` of a panel's and a tile's products. Every
  /// number is summed in the order of the blocks, independently of the other rows and tokens.
  void (*multiply_panel)(const PackedWeights* panel, const PackedActivations* tile,
                         std::size_t n_blocks, std::size_t n_rows, std::size_t n_tokens, float* out,
                         std::size_t stride);
};

/// The kernels for one kind of processor.
struct KernelSet {
  const char* name;
  bool (*runs_here)();
  std::span<const QuantizedKernel> kernels;

  /// Quantises `x` [n_tokens, 32 · n_blocks], of 1 to kTokensPerTile tokens, into `tile`
  /// [n_blocks]; what stood there for missing tokens stays. A block with a NaN or an infinity has a
  /// scale that is not finite.
  void (*pack_tile)(const float* x, std::size_t n_tokens, std::size_t n_blocks,
                    PackedActivations* tile);

  /// Null for a type that is left to ggml.
  const QuantizedKernel* find(ggml_type type) const;
};

/// In plain C++, for any processor: what the others are compared with.
extern const KernelSet kPortableKernels;

/// All sets that this build has, the portable one included.
std::span<const KernelSet* const> kernel_sets();

/// The fastest set that runs on this processor; null where none is faster than ggml.
const KernelSet* best_kernels();

}  // namespace isogloss

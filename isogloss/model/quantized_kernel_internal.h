// The inner loops of a product of quantised weights with float32 activations, in AVX-512 with VNNI.
//
// Both sides are packed first. A panel is the weights of 16 rows, a tile the activations of 8
// tokens; both are cut along the width into blocks of 32 numbers. All functions are pure, may run
// on any thread at once, and must only be called where has_vnni(). Pointers are to as many items as
// said; nothing is checked.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <cstdint>

namespace isogloss {

constexpr std::size_t kNumbersPerBlock = 32;  ///< numbers that share a scale
constexpr std::size_t kRowsPerPanel = 16;     ///< as many as a vector register has float32

constexpr std::size_t kTokensPerTile = 8;  ///< hides the latency of VNNI, and fits the registers

/// 32 weights of each row of a panel, in the order in which VNNI multiplies them: four neighbours
/// of a row at a time, unsigned.
struct alignas(64) PackedWeights {
  std::uint8_t values[kNumbersPerBlock / 4][kRowsPerPanel][4];
  float scale[2]
             [kRowsPerPanel];    ///< of the halves of the 32; the first of all where a type has one
  float minimum[kRowsPerPanel];  ///< to be subtracted; only where a type has one
};

/// 32 activations of each token of a tile.
struct PackedActivations {
  std::int8_t values[kNumbersPerBlock / 4][kTokensPerTile][4];
  float scale[kTokensPerTile];
  std::int32_t half_sum[2][kTokensPerTile];  ///< of the two halves of the 32 values
};

/// What a type of weights needs.
struct QuantizedKernel {
  ggml_type type;
  std::size_t blocks_together;  ///< the width is a multiple of so many blocks

  /// Packs `n_rows` (1 to kRowsPerPanel) consecutive rows of weights, `row_bytes` each, into
  /// `panel` [n_blocks]; missing rows repeat the last.
  void (*pack_panel)(const std::uint8_t* weights, std::size_t row_bytes, std::size_t n_rows,
                     std::size_t n_blocks, PackedWeights* panel);

  /// out[token · stride + row] for `n_rows` by `n_tokens` of a panel's and a tile's products. Every
  /// number is summed in the order of the blocks, whatever the other rows and tokens are.
  void (*multiply_panel)(const PackedWeights* panel, const PackedActivations* tile,
                         std::size_t n_blocks, std::size_t n_rows, std::size_t n_tokens, float* out,
                         std::size_t stride);
};

/// Null for a type that is left to ggml.
const QuantizedKernel* quantized_kernel(ggml_type type);

/// Whether this build and this processor have the instructions.
bool has_vnni();

/// Quantises `x` [n_tokens, 32 · n_blocks], of 1 to kTokensPerTile tokens, to Q8_0 as ggml does,
/// into `tile` [n_blocks]; what stood there for missing tokens stays. `row` has room for a row of
/// Q8_0.
void pack_tile(const float* x, std::size_t n_tokens, std::size_t n_blocks, std::uint8_t* row,
               PackedActivations* tile);

}  // namespace isogloss

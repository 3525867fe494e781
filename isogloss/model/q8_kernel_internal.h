// The inner loops of a product of Q8_0 weights with float32 activations, in AVX-512 with VNNI.
//
// Both sides are packed first. A panel is the weights of 16 rows, a tile the activations of 8
// tokens; both are cut along the width into blocks of 32 numbers with one scale each. All functions
// are pure, may run on any thread at once, and must only be called where q8_processor_suffices().
// Pointers are to as many items as said; nothing is checked.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isogloss {

constexpr std::size_t kNumbersPerBlock = 32;  ///< numbers that share a scale
constexpr std::size_t kRowsPerPanel = 16;     ///< as many as a vector register has float32
constexpr std::size_t kTokensPerTile = 8;     ///< hides the latency of VNNI, and fits the registers

/// 32 weights of each row of a panel, in the order in which VNNI multiplies them: four neighbours
/// of a row at a time. 128 is added to each.
struct alignas(64) PackedWeights {
  std::uint8_t values[kNumbersPerBlock / 4][kRowsPerPanel][4];
  float scale[kRowsPerPanel];
};

/// 32 activations of each token of a tile.
struct PackedActivations {
  std::int8_t values[kNumbersPerBlock / 4][kTokensPerTile][4];
  float scale[kTokensPerTile];
  std::int32_t start[kTokensPerTile];  ///< -128 times the sum, which makes up for the 128 added to
                                       ///< the weights
};

/// Whether this build and this processor have the instructions.
bool q8_processor_suffices();

/// Packs `n_rows` (1 to kRowsPerPanel) consecutive rows of Q8_0 `weights` [n_rows, n_blocks] into
/// `panel` [n_blocks]; missing rows repeat the last.
void pack_panel(const std::uint8_t* weights, std::size_t n_rows, std::size_t n_blocks,
                PackedWeights* panel);

/// Quantises `x` [n_tokens, 32 · n_blocks], of 1 to kTokensPerTile tokens, as ggml does, into
/// `tile` [n_blocks]; what stood there for missing tokens stays. `row` has room for a row of Q8_0.
void pack_tile(const float* x, std::size_t n_tokens, std::size_t n_blocks, std::uint8_t* row,
               PackedActivations* tile);

/// out[token · stride + row] for `n_rows` by `n_tokens` of a panel's and a tile's products. Every
/// number is summed in the order of the blocks, whatever the other rows and tokens are.
void multiply_panel(const PackedWeights* panel, const PackedActivations* tile, std::size_t n_blocks,
                    std::size_t n_rows, std::size_t n_tokens, float* out, std::size_t stride);

}  // namespace isogloss

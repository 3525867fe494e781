// Compares every set of kernels that runs on this processor with the portable one, bit for bit.
// Needs nothing but the kernels, so that it can be built for a processor that is emulated. Names of
// sets as arguments must run.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "isogloss/quantized/kernel.h"

namespace isogloss {
namespace {

/// How a file keeps a type of weights, and where the float16 numbers are.
struct Layout {
  ggml_type type;
  std::size_t n_blocks, bytes;  ///< of what is kept together
  std::vector<std::size_t> halves;
};

const std::vector<Layout> kLayouts = {
    {GGML_TYPE_Q8_0, 1, 34, {0}},     {GGML_TYPE_Q4_0, 1, 18, {0}},
    {GGML_TYPE_Q4_1, 1, 20, {0, 2}},  {GGML_TYPE_Q5_0, 1, 22, {0}},
    {GGML_TYPE_Q5_1, 1, 24, {0, 2}},  {GGML_TYPE_Q4_K, 8, 144, {0, 2}},
    {GGML_TYPE_Q5_K, 8, 176, {0, 2}}, {GGML_TYPE_Q6_K, 8, 210, {208}},
    {GGML_TYPE_IQ4_NL, 1, 18, {0}},
};

constexpr std::size_t kBlocks = 24;

/// Rows of any bytes, but with finite float16 numbers of all sizes, subnormal ones among them.
std::vector<std::uint8_t> random_rows(const Layout& layout, std::size_t n_rows,
                                      std::mt19937& random) {
  std::vector<std::uint8_t> bytes(n_rows * kBlocks / layout.n_blocks * layout.bytes);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  for (std::size_t i = 0; i < bytes.size(); i += layout.bytes) {
    for (const auto half : layout.halves) bytes[i + half + 1] &= 0xBB;  // no largest exponent
  }
  return bytes;
}

std::vector<float> random_activations(std::size_t n, std::mt19937& random) {
  std::vector<float> x(n);
  for (auto& number : x) {
    number = static_cast<float>(static_cast<std::int32_t>(random())) * 0x1p-29F;
  }
  for (std::size_t i = 0; i < 32; ++i) x[i] = i % 2 == 0 ? 3.0F : -3.0F;  // all at the ends
  std::fill_n(x.begin() + 64, 32, 0.0F);
  x[96] = 1e-38F;
  x[130] = 1e4F;
  return x;
}

std::vector<float> multiply(const KernelSet& set, const Layout& layout,
                            const std::vector<std::uint8_t>& weights, const std::vector<float>& x,
                            std::size_t n_rows, std::size_t n_tokens) {
  const auto& kernel = *set.find(layout.type);
  std::vector<PackedWeights> panel(kBlocks);
  std::vector<PackedActivations> tile(kBlocks);
  kernel.pack_panel(weights.data(), weights.size() / n_rows, n_rows, kBlocks, panel.data());
  set.pack_tile(x.data(), n_tokens, kBlocks, tile.data());
  const std::size_t stride = n_rows + 3;
  std::vector<float> out(n_tokens * stride, 99.0F);
  kernel.multiply_panel(panel.data(), tile.data(), kBlocks, n_rows, n_tokens, out.data(), stride);
  return out;
}

bool same_bits(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

bool agrees(const KernelSet& set, const Layout& layout, std::size_t n_rows, std::size_t n_tokens,
            float special) {
  std::mt19937 random(5);
  const auto weights = random_rows(layout, n_rows, random);
  auto x = random_activations(n_tokens * kBlocks * kNumbersPerBlock, random);
  x[200] = special;
  const auto expected = multiply(kPortableKernels, layout, weights, x, n_rows, n_tokens);
  const auto actual = multiply(set, layout, weights, x, n_rows, n_tokens);
  if (std::ranges::equal(actual, expected, same_bits)) return true;
  std::printf("%s: type %d of %zu rows and %zu tokens differs\n", set.name,
              static_cast<int>(layout.type), n_rows, n_tokens);
  return false;
}

bool agrees(const KernelSet& set) {
  bool all = true;
  for (const auto& layout : kLayouts) {
    for (const std::size_t n_rows : {1, 7, 8, 9, 15, 16}) {
      for (const std::size_t n_tokens : {1, 5, 8}) {
        for (const float special : {1.0F, INFINITY, NAN}) {
          all = agrees(set, layout, n_rows, n_tokens, special) && all;
        }
      }
    }
  }
  return all;
}

/// All other sets are compared with the portable one. What that makes of the same numbers was the
/// same on every processor, so a change of these bits is a change of every result.
bool portable_bits_are_the_known_ones() {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const auto& layout : kLayouts) {
    std::mt19937 random(6);
    const auto weights = random_rows(layout, 16, random);
    const auto x = random_activations(8 * kBlocks * kNumbersPerBlock, random);
    for (const float number : multiply(kPortableKernels, layout, weights, x, 16, 8)) {
      hash = (hash ^ std::bit_cast<std::uint32_t>(number)) * 0x100000001B3U;
    }
  }
  constexpr std::uint64_t kKnown = 0x62978FFFB3B63341U;
  if (hash == kKnown) return true;
  std::printf("portable: the hash of the products is %llx\n",
              static_cast<unsigned long long>(hash));
  return false;
}

/// The portable set's own arithmetic is held by one product that can be worked out.
bool a_known_product() {
  std::uint8_t weights[34] = {0x00, 0x3C};  // a scale of 1, then 0 ... 31, of Q8_0
  for (std::uint8_t i = 0; i < 32; ++i) weights[2 + i] = i;
  std::vector<float> x(32, -127.0F);
  PackedWeights panel;
  PackedActivations tile;
  float out = 0;
  const auto& kernel = *kPortableKernels.find(GGML_TYPE_Q8_0);
  kernel.pack_panel(weights, sizeof weights, 1, 1, &panel);
  kPortableKernels.pack_tile(x.data(), 1, 1, &tile);
  kernel.multiply_panel(&panel, &tile, 1, 1, 1, &out, 1);
  return out == -127.0F * 496;
}

int check(const std::vector<std::string>& needed) {
  bool all = a_known_product() && portable_bits_are_the_known_ones();
  std::vector<std::string> ran;
  for (const auto* set : kernel_sets()) {
    if (!set->runs_here()) {
      std::printf("%s: not on this processor\n", set->name);
      continue;
    }
    const bool good = agrees(*set);
    std::printf("%s: %s\n", set->name, good ? "the same bits" : "OTHER BITS");
    all = all && good;
    ran.emplace_back(set->name);
  }
  for (const auto& name : needed) {
    if (std::ranges::find(ran, name) != ran.end()) continue;
    std::printf("%s did not run\n", name.c_str());
    all = false;
  }
  return all ? 0 : 1;
}

}  // namespace
}  // namespace isogloss

int main(int argc, char** argv) { return isogloss::check({argv + 1, argv + argc}); }

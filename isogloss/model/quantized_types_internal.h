// How ggml's quantised types store weights, as float(weight) = scale · (value − offset) − minimum
// with values of 8 bits. All are cut along the width into blocks of 32 numbers; the K types keep 8
// of these together. The layouts are those of ggml-common.h in llama.cpp 0.5.0.
//
// Included by the kernels, which inline these functions into code for their processor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "isogloss/model/quantized_kernel_internal.h"
#include "isogloss/model/vector_math_internal.h"

namespace isogloss::quantized {

/// The same block of as many rows.
struct Blocks {
  alignas(64) std::uint8_t values[kRowsPerPanel][kNumbersPerBlock];
  std::uint16_t scale[kRowsPerPanel];     ///< float16
  std::uint16_t minimum[kRowsPerPanel];   ///< float16
  std::int8_t factors[2][kRowsPerPanel];  ///< of the scale, for the first 16 numbers and the others
  std::int8_t minimum_factor[kRowsPerPanel];
};

/// What a type has beside a scale for the block.
enum class Form {
  kPlain,
  kMinimum,           ///< a minimum to be added
  kFactorAndMinimum,  ///< factors of the scale and of a minimum to be subtracted
  kTwoFactors,        ///< factors of the scale for each half
};

/// 32 bytes at a time, on whatever vectors the processor has. Never passed by value, since that
/// depends on the vectors.
using Bytes = std::uint8_t __attribute__((vector_size(32)));

ISOGLOSS_INLINE void copy_half(const std::uint8_t* bytes, std::uint16_t& out) {
  std::memcpy(&out, bytes, sizeof out);
}

ISOGLOSS_INLINE void load(const std::uint8_t* bytes, Bytes& out) {
  std::memcpy(&out, bytes, sizeof out);
}

ISOGLOSS_INLINE void store(const Bytes& bytes, std::uint8_t* out) {
  std::memcpy(out, &bytes, sizeof bytes);
}

/// 16 bytes hold the low halves first.
ISOGLOSS_INLINE void nibbles(const std::uint8_t* bytes, Bytes& out) {
  using Half = std::uint8_t __attribute__((vector_size(16)));
  Half packed;
  std::memcpy(&packed, bytes, sizeof packed);
  const Half halves[2] = {packed & 15, packed >> 4};
  std::memcpy(&out, halves, sizeof out);
}

/// For every byte, its bits as the fifth bits of 8 values.
constexpr auto kFifthBits = [] {
  std::array<std::uint64_t, 256> table{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) table[byte] |= (byte >> bit & 1) << (8 * bit + 4);
  }
  return table;
}();

/// Values whose fifth bits are apart, 4 bytes of them.
ISOGLOSS_INLINE void nibbles_and_fifth_bits(const std::uint8_t* bytes, const std::uint8_t* fifth,
                                            Bytes& out) {
  const std::uint64_t eights[4] = {kFifthBits[fifth[0]], kFifthBits[fifth[1]], kFifthBits[fifth[2]],
                                   kFifthBits[fifth[3]]};
  Bytes upper;
  std::memcpy(&upper, eights, sizeof upper);
  nibbles(bytes, out);
  out |= upper;
}

struct Q8_0 {
  static constexpr std::size_t kBytes = 34, kBlocks = 1;  ///< of what is kept together
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 128;
  /// Row `r` of `out` from `bytes`, what is kept together, and the block's number there.
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Bytes values;
    load(bytes + 2, values);
    store(values ^ 0x80, out.values[r]);
  }
};

struct Q4_0 {
  static constexpr std::size_t kBytes = 18, kBlocks = 1;
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 8;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Bytes values;
    nibbles(bytes + 2, values);
    store(values, out.values[r]);
  }
};

struct Q4_1 {
  static constexpr std::size_t kBytes = 20, kBlocks = 1;
  static constexpr Form kForm = Form::kMinimum;
  static constexpr std::int32_t kOffset = 0;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    copy_half(bytes + 2, out.minimum[r]);
    Bytes values;
    nibbles(bytes + 4, values);
    store(values, out.values[r]);
  }
};

struct Q5_0 {
  static constexpr std::size_t kBytes = 22, kBlocks = 1;
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 16;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Bytes values;
    nibbles_and_fifth_bits(bytes + 6, bytes + 2, values);
    store(values, out.values[r]);
  }
};

struct Q5_1 {
  static constexpr std::size_t kBytes = 24, kBlocks = 1;
  static constexpr Form kForm = Form::kMinimum;
  static constexpr std::int32_t kOffset = 0;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    copy_half(bytes + 2, out.minimum[r]);
    Bytes values;
    nibbles_and_fifth_bits(bytes + 8, bytes + 4, values);
    store(values, out.values[r]);
  }
};

/// Values that lie closer together near 0.
struct IQ4_NL {
  static constexpr std::size_t kBytes = 18, kBlocks = 1;
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 128;
  static constexpr std::uint8_t kValues[16] = {1,   24,  45,  63,  79,  93,  106, 118,
                                               129, 141, 153, 166, 181, 197, 217, 241};
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Bytes indices;
    nibbles(bytes + 2, indices);
    for (std::size_t i = 0; i < kNumbersPerBlock; ++i) out.values[r][i] = kValues[indices[i]];
  }
};

/// The scales and minimums of Q4_K and Q5_K: two float16 numbers, then 6-bit factors of them for
/// each of 8 blocks, of which the last four blocks' upper bits are in the first bytes.
ISOGLOSS_INLINE void unpack_k_scales(const std::uint8_t* bytes, std::size_t b, std::size_t r,
                                     Blocks& out) {
  const std::uint8_t* const packed = bytes + 4;
  const std::size_t j = b % 4;
  copy_half(bytes, out.scale[r]);
  copy_half(bytes + 2, out.minimum[r]);
  if (b < 4) {
    out.factors[0][r] = static_cast<std::int8_t>(packed[j] & 63);
    out.minimum_factor[r] = static_cast<std::int8_t>(packed[4 + j] & 63);
  } else {
    out.factors[0][r] = static_cast<std::int8_t>((packed[8 + j] & 15) | (packed[j] >> 6 << 4));
    out.minimum_factor[r] =
        static_cast<std::int8_t>((packed[8 + j] >> 4) | (packed[4 + j] >> 6 << 4));
  }
}

/// Two blocks share 32 bytes: the lower halves are the even block's.
ISOGLOSS_INLINE void k_nibbles(const std::uint8_t* bytes, std::size_t b, Bytes& out) {
  load(bytes + b / 2 * 32, out);
  out = out >> static_cast<std::uint8_t>(b % 2 * 4) & 15;
}

struct Q4_K {
  static constexpr std::size_t kBytes = 144, kBlocks = 8;
  static constexpr Form kForm = Form::kFactorAndMinimum;
  static constexpr std::int32_t kOffset = 0;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t b, std::size_t r,
                                     Blocks& out) {
    unpack_k_scales(bytes, b, r, out);
    Bytes values;
    k_nibbles(bytes + 16, b, values);
    store(values, out.values[r]);
  }
};

struct Q5_K {
  static constexpr std::size_t kBytes = 176, kBlocks = 8;
  static constexpr Form kForm = Form::kFactorAndMinimum;
  static constexpr std::int32_t kOffset = 0;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t b, std::size_t r,
                                     Blocks& out) {
    unpack_k_scales(bytes, b, r, out);
    Bytes values, fifth;
    k_nibbles(bytes + 48, b, values);
    load(bytes + 16, fifth);
    store(values | (fifth >> static_cast<std::uint8_t>(b) & 1) << 4, out.values[r]);
  }
};

/// Four blocks share 64 bytes of lower halves and 32 bytes of upper bits.
struct Q6_K {
  static constexpr std::size_t kBytes = 210, kBlocks = 8;
  static constexpr Form kForm = Form::kTwoFactors;
  static constexpr std::int32_t kOffset = 32;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t b, std::size_t r,
                                     Blocks& out) {
    const std::size_t quarter = b % 4;
    Bytes low, high;
    load(bytes + b / 4 * 64 + quarter % 2 * 32, low);
    load(bytes + 128 + b / 4 * 32, high);
    low = low >> static_cast<std::uint8_t>(quarter / 2 * 4) & 15;
    high = high >> static_cast<std::uint8_t>(2 * quarter) & 3;
    store(low | high << 4, out.values[r]);
    copy_half(bytes + 208, out.scale[r]);
    for (std::size_t h = 0; h < 2; ++h) {
      out.factors[h][r] = static_cast<std::int8_t>(bytes[192 + 2 * b + h]);
    }
  }
};

}  // namespace isogloss::quantized

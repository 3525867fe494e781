// How ggml's quantised types store weights, as float(weight) = scale · (value − offset) − minimum
// with values of 8 bits. All are cut along the width into blocks of 32 numbers; the K types keep 8
// of these together. The layouts are those of ggml-common.h in llama.cpp 0.5.0.
//
// Included by the kernels, which inline these functions into code for their processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "isogloss/numeric/vector_math.h"
#include "isogloss/quantized/kernel.h"

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

using Half = std::uint8_t __attribute__((vector_size(16)));

/// Puts two halves together without a way through memory, which processors would wait for.
ISOGLOSS_INLINE void join(const Half& low, const Half& high, Bytes& out) {
  out = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
}

/// 16 bytes hold the low halves first.
ISOGLOSS_INLINE void nibbles(const std::uint8_t* bytes, Half& low, Half& high) {
  Half packed;
  std::memcpy(&packed, bytes, sizeof packed);
  low = packed & 15;
  high = packed >> 4;
}

ISOGLOSS_INLINE void nibbles(const std::uint8_t* bytes, Bytes& out) {
  Half low, high;
  nibbles(bytes, low, high);
  join(low, high, out);
}

/// 16, or 0 where the bit is not set, for the 32 bits of four bytes.
ISOGLOSS_INLINE void fifth_bits(const std::uint8_t* bytes, Bytes& out) {
  constexpr Half kBits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  using Words = std::uint32_t __attribute__((vector_size(16)));
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const Words words = {word, word, word, word};
  const Half all = reinterpret_cast<Half>(words);
  const Half low =
      __builtin_shufflevector(all, all, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const Half high =
      __builtin_shufflevector(all, all, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  join(reinterpret_cast<Half>((low & kBits) == kBits) & 16,
       reinterpret_cast<Half>((high & kBits) == kBits) & 16, out);
}

/// Values whose fifth bits are apart, 4 bytes of them.
ISOGLOSS_INLINE void nibbles_and_fifth_bits(const std::uint8_t* bytes, const std::uint8_t* fifth,
                                            Bytes& out) {
  Bytes upper;
  fifth_bits(fifth, upper);
  nibbles(bytes, out);
  out |= upper;
}

/// Each of `indices`, up to 15, becomes a byte of `table`.
ISOGLOSS_INLINE void look_up(const Half& table, Half& indices) {
#ifdef __clang__
  for (std::size_t i = 0; i < sizeof indices; ++i) indices[i] = table[indices[i]];
#else
  indices = __builtin_shuffle(table, indices);
#endif
}

struct Q8_0 {
  static constexpr ggml_type kType = GGML_TYPE_Q8_0;
  static constexpr std::size_t kBytes = 34, kBlocks = 1;  ///< of what is kept together
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 128;
  static constexpr int kLargest = 255;  ///< of the values
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
  static constexpr ggml_type kType = GGML_TYPE_Q4_0;
  static constexpr std::size_t kBytes = 18, kBlocks = 1;
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 8;
  static constexpr int kLargest = 15;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Bytes values;
    nibbles(bytes + 2, values);
    store(values, out.values[r]);
  }
};

struct Q4_1 {
  static constexpr ggml_type kType = GGML_TYPE_Q4_1;
  static constexpr std::size_t kBytes = 20, kBlocks = 1;
  static constexpr Form kForm = Form::kMinimum;
  static constexpr std::int32_t kOffset = 0;
  static constexpr int kLargest = 15;
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
  static constexpr ggml_type kType = GGML_TYPE_Q5_0;
  static constexpr std::size_t kBytes = 22, kBlocks = 1;
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 16;
  static constexpr int kLargest = 31;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Bytes values;
    nibbles_and_fifth_bits(bytes + 6, bytes + 2, values);
    store(values, out.values[r]);
  }
};

struct Q5_1 {
  static constexpr ggml_type kType = GGML_TYPE_Q5_1;
  static constexpr std::size_t kBytes = 24, kBlocks = 1;
  static constexpr Form kForm = Form::kMinimum;
  static constexpr std::int32_t kOffset = 0;
  static constexpr int kLargest = 31;
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
  static constexpr ggml_type kType = GGML_TYPE_IQ4_NL;
  static constexpr std::size_t kBytes = 18, kBlocks = 1;
  static constexpr Form kForm = Form::kPlain;
  static constexpr std::int32_t kOffset = 128;
  static constexpr int kLargest = 241;
  static constexpr Half kValues = {1,   24,  45,  63,  79,  93,  106, 118,
                                   129, 141, 153, 166, 181, 197, 217, 241};
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t, std::size_t r,
                                     Blocks& out) {
    copy_half(bytes, out.scale[r]);
    Half low, high;
    nibbles(bytes + 2, low, high);
    look_up(kValues, low);
    look_up(kValues, high);
    Bytes values;
    join(low, high, values);
    store(values, out.values[r]);
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
  static constexpr ggml_type kType = GGML_TYPE_Q4_K;
  static constexpr std::size_t kBytes = 144, kBlocks = 8;
  static constexpr Form kForm = Form::kFactorAndMinimum;
  static constexpr std::int32_t kOffset = 0;
  static constexpr int kLargest = 15;
  static ISOGLOSS_INLINE void unpack(const std::uint8_t* bytes, std::size_t b, std::size_t r,
                                     Blocks& out) {
    unpack_k_scales(bytes, b, r, out);
    Bytes values;
    k_nibbles(bytes + 16, b, values);
    store(values, out.values[r]);
  }
};

struct Q5_K {
  static constexpr ggml_type kType = GGML_TYPE_Q5_K;
  static constexpr std::size_t kBytes = 176, kBlocks = 8;
  static constexpr Form kForm = Form::kFactorAndMinimum;
  static constexpr std::int32_t kOffset = 0;
  static constexpr int kLargest = 31;
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
  static constexpr ggml_type kType = GGML_TYPE_Q6_K;
  static constexpr std::size_t kBytes = 210, kBlocks = 8;
  static constexpr Form kForm = Form::kTwoFactors;
  static constexpr std::int32_t kOffset = 32;
  static constexpr int kLargest = 63;
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

template <class... Types>
struct TypeList {};
/// All that are not left to ggml.
using AllTypes = TypeList<Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K, IQ4_NL>;

}  // namespace isogloss::quantized

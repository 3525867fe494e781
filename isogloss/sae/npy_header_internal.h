// The header of numpy's .npy files.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "isogloss/sae/tensor_file.h"

namespace isogloss {

/// numpy itself refuses longer headers.
constexpr std::size_t kMaxNpyHeaderSize = 10000;

/// Bytes that hold any accepted header: magic, version, length and the text.
constexpr std::size_t kMaxNpyPrefixSize = 12 + kMaxNpyHeaderSize;

struct NpyHeader {
  TensorInfo tensor;            ///< all but the location
  std::size_t data_offset = 0;  ///< of the first element
};

/// `prefix` is the member's first bytes, min(its size, kMaxNpyPrefixSize) of them. Versions 1 to 3;
/// numbers as ElementType has them, in C order; a byte
/// string's length is its last axis. Throws Error(kBadInput) naming `path` and
/// `name`.
NpyHeader parse_npy_header(std::span<const std::byte> prefix, std::string_view path,
                           std::string_view name);

}  // namespace isogloss

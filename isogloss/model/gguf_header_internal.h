// The header of a GGUF file as plain values, walked within the file's bounds. Internal to model/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/model/llama_source.h"

namespace isogloss {

/// One metadata value. `bytes` views the file: a scalar's payload, a string's text, or an array's
/// `count` elements as stored (strings with their length prefixes).
struct GgufValue {
  std::uint32_t type = 0;  ///< gguf_type of the scalar or of the array's elements
  bool is_array = false;
  std::uint64_t count = 1;
  std::span<const std::byte> bytes;
};

struct GgufTensor {
  std::string name;
  std::uint32_t type = 0;            ///< ggml_type
  std::vector<std::int64_t> extent;  ///< fastest-varying first, one to four entries, each ≥ 1
  std::span<const std::byte> data;   ///< views the file: rows of extent[0] one after the other
};

struct GgufHeader {
  std::map<std::string, GgufValue, std::less<>> values;
  std::vector<GgufTensor> tensors;
};

/// Reads the header of the whole file `bytes`; `name` is the file's, for messages. Every count and
/// extent is held against the bytes that are there. Throws Error(kBadInput).
GgufHeader read_gguf_header(std::span<const std::byte> bytes, std::string_view name);

/// The vocabulary's tokens: views of `tokens.bytes`, a string array of a header read before.
std::vector<std::string_view> gguf_strings(const GgufValue& tokens, std::string_view name);

/// inspect_gguf on bytes in memory.
ModelInfo inspect_gguf_bytes(std::span<const std::byte> bytes, std::string_view name);

}  // namespace isogloss

// Checks on text from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isogloss {

/// Byte offset of the first byte that is not part of valid UTF-8, or nullopt.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Number of Unicode code points; `text` is valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// The byte that `character`, one UTF-8 character, stands for in the vocabulary of a byte-level
/// BPE; nullopt if it is not of that alphabet (GPT-2's `bytes_to_unicode`, encoder.py).
std::optional<unsigned char> byte_of_alphabet(std::string_view character);

}  // namespace isogloss

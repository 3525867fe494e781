// UTF-8 in one place: all code that steps through characters uses these functions. Also lists as
// parts of sentences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace isogloss {

/// Byte offset of the first byte that is not part of valid UTF-8, or nullopt.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

struct Character {
  char32_t point = 0;      ///< U+FFFD if the bytes are not valid UTF-8
  std::size_t length = 0;  ///< in bytes; 1 if they are not valid
  bool is_valid = false;
};

/// The first character of `text`, which is not empty.
Character front_character(std::string_view text);

/// Calls visit(character, begin) for each character; `begin` is its byte offset.
template <class Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto character = front_character(text.substr(begin));
    visit(character, begin);
    begin += character.length;
  }
}

/// Number of characters.
std::size_t count_code_points(std::string_view text);

/// True if `byte`, from valid UTF-8, is not the first byte of its character.
bool continues_character(char byte);

/// `text` in Unicode's normal form NFKC, without invisible characters (soft hyphens, joiners,
/// direction marks), so that texts that read the same become the same bytes. `text` is valid UTF-8.
std::string normalized(std::string_view text);

/// The number of columns a character takes on a terminal: 2 for wide East Asian characters, 0 for
/// combining marks and control characters.
int column_width(char32_t point);

/// The byte that `character`, one UTF-8 character, stands for in the vocabulary of a byte-level
/// BPE; nullopt if it is not in that alphabet (GPT-2's `bytes_to_unicode`, encoder.py).
std::optional<unsigned char> byte_of_alphabet(std::string_view character);

/// "a", "a or b", "a, b, or c".
std::string join_choices(std::span<const std::string_view> choices);

}  // namespace isogloss

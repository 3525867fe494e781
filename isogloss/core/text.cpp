#include "isogloss/core/text.h"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <new>

namespace isogloss {
namespace {

/// GPT-2's table: printable Latin-1 bytes stand for themselves, the other 68, ascending, for
/// U+0100, U+0101, …
constexpr std::size_t kByteAlphabetEnd = 0x144;
constexpr std::array<std::int16_t, kByteAlphabetEnd> make_bytes_of_alphabet() {
  std::array<std::int16_t, kByteAlphabetEnd> bytes{};
  for (auto& byte : bytes) byte = -1;
  std::size_t next = 0x100;
  for (std::size_t byte = 0; byte < 0x100; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) ||
                           (byte >= 0xAE && byte <= 0xFF);
    bytes[printable ? byte : next++] = static_cast<std::int16_t>(byte);
  }
  return bytes;
}
constexpr auto kBytesOfAlphabet = make_bytes_of_alphabet();

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto character = front_character(text.substr(begin));
    if (!character.is_valid) return begin;
    begin += character.length;
  }
  return std::nullopt;
}

Character front_character(std::string_view text) {
  utf8proc_int32_t point = 0;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &point);
  if (length <= 0) return {U'\uFFFD', 1, false};
  return {static_cast<char32_t>(point), static_cast<std::size_t>(length), true};
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for_each_character(text, [&](const Character&, std::size_t) { ++count; });
  return count;
}

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; }

std::string normalized(std::string_view text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                  UTF8PROC_COMPAT | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) throw std::bad_alloc();  // the only failure of valid UTF-8
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

int column_width(char32_t point) {
  const auto code = static_cast<utf8proc_int32_t>(point);
  // Three kinds of characters have other widths on terminals than in utf8proc's table.
  switch (utf8proc_get_property(code)->boundclass) {
    case UTF8PROC_BOUNDCLASS_V:  // a Hangul vowel or final consonant joins the character before it
    case UTF8PROC_BOUNDCLASS_T:
      return 0;
    case UTF8PROC_BOUNDCLASS_PREPEND:  // such as the Arabic number sign, which can be seen
      return 1;
    default:
      break;
  }
  // Such as the Devanagari vowel signs that stand beside their consonant.
  if (utf8proc_category(code) == UTF8PROC_CATEGORY_MC) return 1;
  return utf8proc_charwidth(code);
}

std::optional<unsigned char> byte_of_alphabet(std::string_view character) {
  if (character.empty()) return std::nullopt;
  const auto [code_point, length, is_valid] = front_character(character);
  if (!is_valid || length != character.size()) return std::nullopt;
  if (code_point >= kByteAlphabetEnd || kBytesOfAlphabet[code_point] < 0) return std::nullopt;
  return static_cast<unsigned char>(kBytesOfAlphabet[code_point]);
}

std::string join_choices(std::span<const std::string_view> choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const bool is_last = i + 1 == choices.size();
    if (i > 0) text += choices.size() > 2 ? ", " : " ";
    if (i > 0 && is_last) text += "or ";
    text += choices[i];
  }
  return text;
}

}  // namespace isogloss

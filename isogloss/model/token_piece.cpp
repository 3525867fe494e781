#include "isogloss/model/token_piece.h"

#include <fmt/format.h>

#include "isogloss/core/text.h"

namespace isogloss {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Characters that a terminal or a page shows as nothing or as white space, or that it obeys:
/// controls, spaces, marks of direction. The joiners U+200C and U+200D are not among them, since
/// they stand within words.
constexpr Range kUnseen[] = {
    {0x00, 0x1F},     {0x7F, 0xA0},     {0xAD, 0xAD},      {0x61C, 0x61C},   {0x115F, 0x1160},
    {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200B},  {0x200E, 0x200F}, {0x2028, 0x202F},
    {0x205F, 0x206F}, {0x2800, 0x2800}, {0x3000, 0x3000},  {0x3164, 0x3164}, {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};

bool is_unseen(char32_t point) {
  for (const auto& [first, last] : kUnseen) {
    if (point >= first && point <= last) return true;
  }
  return false;
}

/// The bytes that a byte-level piece stands for; the piece itself if one of its characters is not
/// of the alphabet, as in tokens that were added to a vocabulary by hand.
std::string bytes_of(std::string_view piece) {
  std::string bytes;
  for (auto rest = piece; !rest.empty();) {
    const auto length = front_character(rest).length;
    const auto byte = byte_of_alphabet(rest.substr(0, length));
    if (!byte) return std::string(piece);
    bytes += static_cast<char>(*byte);
    rest.remove_prefix(length);
  }
  return bytes;
}

void append_visible(std::string& text, char32_t point, std::string_view character) {
  if (point == U' ') {
    text += "▁";
  } else if (point == U'\n') {
    text += "↵";
  } else if (point == U'\t') {
    text += "⇥";
  } else if (is_unseen(point)) {
    text += fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(point));
  } else {
    text += character;
  }
}

}  // namespace

std::string readable_piece(std::string_view piece, bool byte_level) {
  const auto bytes = byte_level ? bytes_of(piece) : std::string(piece);
  std::string text;
  for_each_character(bytes, [&](const Character& character, std::size_t begin) {
    if (character.is_valid) {
      const std::string_view all = bytes;
      append_visible(text, character.point, all.substr(begin, character.length));
    } else {
      text += fmt::format("<0x{:02X}>", static_cast<unsigned char>(bytes[begin]));
    }
  });
  return text;
}

}  // namespace isogloss

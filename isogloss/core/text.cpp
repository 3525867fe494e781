#include "isogloss/core/text.h"

#include <utf8.h>

#include <array>

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
  const auto* invalid = utf8::find_invalid(text.data(), text.data() + text.size());
  if (invalid == text.data() + text.size()) return std::nullopt;
  return static_cast<std::size_t>(invalid - text.data());
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(utf8::unchecked::distance(text.begin(), text.end()));
}

std::optional<unsigned char> byte_of_alphabet(std::string_view character) {
  if (character.empty() || character.size() > 2) return std::nullopt;
  const auto lead = static_cast<unsigned char>(character[0]);
  std::size_t code_point = lead;
  if (character.size() == 2) {
    code_point = (lead & 0x1FU) << 6U | (static_cast<unsigned char>(character[1]) & 0x3FU);
  }
  if (code_point >= kByteAlphabetEnd || kBytesOfAlphabet[code_point] < 0) return std::nullopt;
  return static_cast<unsigned char>(kBytesOfAlphabet[code_point]);
}

}  // namespace isogloss

#include "isogloss/store/segments.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "isogloss/core/text.h"

namespace isogloss {
namespace {

constexpr std::string_view kLowerOneEighthBlock = "\u2581";  // SentencePiece's sign for a space
constexpr std::string_view kByteTokenStart = "<0x";
constexpr std::size_t kByteTokenLength = 6;  // "<0xE2>"

/// How many bytes of `text`, from its start, a token spells; nullopt if it spells something else.
using SpelledLength = std::optional<std::size_t> (*)(std::string_view spelling,
                                                     std::string_view text);

std::optional<std::size_t> literal_length(std::string_view spelling, std::string_view text) {
  if (!text.starts_with(spelling)) return std::nullopt;
  return spelling.size();
}

std::optional<unsigned char> byte_token(std::string_view spelling) {
  if (spelling.size() != kByteTokenLength || !spelling.starts_with(kByteTokenStart) ||
      spelling.back() != '>') {
    return std::nullopt;
  }
  unsigned char byte = 0;
  const char* digits_end = spelling.data() + kByteTokenLength - 1;
  const auto [end, error] =
      std::from_chars(spelling.data() + kByteTokenStart.size(), digits_end, byte, 16);
  if (error != std::errc() || end != digits_end) return std::nullopt;
  return byte;
}

std::optional<std::size_t> sentencepiece_length(std::string_view spelling, std::string_view text) {
  if (const auto byte = byte_token(spelling)) {
    if (text.empty() || static_cast<unsigned char>(text.front()) != *byte) return std::nullopt;
    return 1;
  }
  std::size_t length = 0;
  while (!spelling.empty()) {
    const auto character = spelling.substr(0, front_character(spelling).length);
    // A "▁" in the sentence itself is spelt the same.
    const bool is_space = character == kLowerOneEighthBlock && text.substr(length).starts_with(' ');
    const auto taken =
        literal_length(is_space ? std::string_view(" ") : character, text.substr(length));
    if (!taken) return std::nullopt;
    length += *taken;
    spelling.remove_prefix(character.size());
  }
  return length;
}

std::optional<std::size_t> byte_level_length(std::string_view spelling, std::string_view text) {
  std::size_t length = 0;
  for (auto rest = spelling; !rest.empty();) {
    const auto character = rest.substr(0, front_character(rest).length);
    const auto byte = byte_of_alphabet(character);
    // Tokens that were added to the vocabulary by hand are spelt in plain characters.
    if (!byte) return literal_length(spelling, text);
    if (length == text.size() || static_cast<unsigned char>(text[length]) != *byte) {
      return literal_length(spelling, text);
    }
    ++length;
    rest.remove_prefix(character.size());
  }
  return length;
}

/// Where in `text` each token ends, in bytes; nullopt if the convention does not spell `text`.
std::optional<std::vector<std::size_t>> ends_by(std::string_view text,
                                                std::span<const std::string> tokens,
                                                SpelledLength spelled_length) {
  std::vector<std::size_t> ends;
  ends.reserve(tokens.size());
  std::size_t end = 0;
  for (const auto& token : tokens) {
    const auto length = spelled_length(token, text.substr(end));
    if (!length) return std::nullopt;
    end += *length;
    ends.push_back(end);
  }
  return ends;
}

std::string sentencepiece_text(std::string_view spelling) {
  if (const auto byte = byte_token(spelling)) return std::string(1, static_cast<char>(*byte));
  std::string text;
  for (auto rest = spelling; !rest.empty();) {
    const auto character = rest.substr(0, front_character(rest).length);
    text += character == kLowerOneEighthBlock ? std::string_view(" ") : character;
    rest.remove_prefix(character.size());
  }
  return text;
}

std::string byte_level_text(std::string_view spelling) {
  std::string text;
  for (auto rest = spelling; !rest.empty();) {
    const auto character = rest.substr(0, front_character(rest).length);
    const auto byte = byte_of_alphabet(character);
    if (!byte) return std::string(spelling);
    text += static_cast<char>(*byte);
    rest.remove_prefix(character.size());
  }
  return text;
}

std::vector<Segment> segments_between(std::string_view text, std::span<const std::size_t> ends) {
  std::vector<Segment> segments;
  std::size_t begin = 0;
  std::int32_t n_tokens = 0;
  for (std::size_t token = 0; token < ends.size(); ++token) {
    ++n_tokens;
    std::size_t end = ends[token];
    const bool is_last = token + 1 == ends.size();
    while (is_last && end < text.size() && continues_character(text[end])) ++end;
    const bool splits_character = end < text.size() && continues_character(text[end]);
    if (!is_last && (end == begin || splits_character)) continue;
    segments.push_back({std::string(text.substr(begin, end - begin)), n_tokens});
    begin = end;
    n_tokens = 0;
  }
  return segments;
}

}  // namespace

std::optional<TokenEnds> find_token_ends(std::string_view text,
                                         std::span<const std::string> tokens) {
  const std::string padded = " " + std::string(text);
  for (const auto spelling : {TokenSpelling::kSentencePiece, TokenSpelling::kByteLevel}) {
    const SpelledLength convention =
        spelling == TokenSpelling::kByteLevel ? &byte_level_length : &sentencepiece_length;
    if (auto ends = ends_by(text, tokens, convention)) return TokenEnds{spelling, std::move(*ends)};
    if (auto ends = ends_by(padded, tokens, convention)) {
      for (auto& end : *ends) end -= end > 0 ? 1 : 0;
      return TokenEnds{spelling, std::move(*ends)};
    }
  }
  return std::nullopt;
}

std::string token_text(std::string_view spelling, TokenSpelling convention) {
  const auto text = convention == TokenSpelling::kByteLevel ? byte_level_text(spelling)
                                                            : sentencepiece_text(spelling);
  return find_invalid_utf8(text) ? std::string(spelling) : text;
}

std::vector<Segment> segment_text(std::string_view text, std::span<const std::string> tokens) {
  if (const auto found = find_token_ends(text, tokens)) return segments_between(text, found->ends);
  std::vector<Segment> segments;
  segments.reserve(tokens.size());
  for (const auto& token : tokens) segments.push_back({token, 1});
  return segments;
}

}  // namespace isogloss

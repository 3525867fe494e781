// From tokens to pieces that can be shown to a reader: whole characters of the sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// A piece of a sentence, made up of one or more consecutive tokens.
struct Segment {
  std::string text;           ///< whole UTF-8 characters; white space as in the sentence
  std::int32_t n_tokens = 1;  ///< more than one where tokens split a character
  bool operator==(const Segment&) const = default;
};

/// How a vocabulary spells its tokens:
///   kSentencePiece: "▁" is a space, "<0xE2>" a byte, all else itself;
///   kByteLevel: each character stands for a byte by GPT-2's table, else for itself.
enum class TokenSpelling { kSentencePiece, kByteLevel };

/// Where a sentence's tokens lie in its text.
struct TokenEnds {
  TokenSpelling spelling = TokenSpelling::kSentencePiece;
  std::vector<std::size_t> ends;  ///< [n_tokens] byte offset of each token's end, ascending; a
                                  ///< token begins where the one before it ends
};

/// Finds the tokens, given in the vocabulary's own spelling and without specials, in `text`. The
/// first convention that spells the text is taken. Either may add a space before the text, and the
/// tokens may end before the text does (a sentence cut to the context's length). Returns nullopt if
/// neither spells the text (a vocabulary that normalises it, an unknown token). Thread-safe.
std::optional<TokenEnds> find_token_ends(std::string_view text,
                                         std::span<const std::string> tokens);

/// The text a token stands for, spaces included, or its spelling where that text is not made of
/// whole characters. Valid UTF-8 if the spelling is. Thread-safe.
std::string token_text(std::string_view spelling, TokenSpelling convention);

/// Cuts `text` into the segments of its tokens, as find_token_ends finds them. If it finds none,
/// each token is its own segment, shown as it is spelt.
/// The segments' n_tokens sum to tokens.size(). Thread-safe.
std::vector<Segment> segment_text(std::string_view text, std::span<const std::string> tokens);

}  // namespace isogloss

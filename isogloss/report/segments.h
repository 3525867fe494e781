// From tokens to what a reader can be shown: whole characters of the sentence.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// A piece of a sentence that one or more consecutive tokens make up.
struct Segment {
  std::string text;           ///< whole UTF-8 characters; white space as it stands in the sentence
  std::int32_t n_tokens = 1;  ///< more than one where tokens split a character
  bool operator==(const Segment&) const = default;
};

/// Cuts `text` into the segments of its tokens, given in the vocabulary's own spelling, specials
/// left out. Two conventions of spelling are known, and the one that spells `text` is taken:
///   SentencePiece: "▁" is a space, "<0xE2>" a byte, all else itself;
///   byte-level BPE: each character stands for a byte by GPT-2's table, else for itself.
/// Either may add a space before the text. The tokens may end before the text does (a sentence cut
/// to the context's length). If neither convention spells the text (a vocabulary that normalises
/// it, an unknown token), each token is its own segment, shown as it is spelt.
/// The segments' n_tokens sum to tokens.size(). Thread-safe.
std::vector<Segment> segment_text(std::string_view text, std::span<const std::string> tokens);

}  // namespace isogloss

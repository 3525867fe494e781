// Which tokens of a sample's sentences are copied words, and which are punctuation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/store/segments.h"

namespace isogloss {

/// A sample's sentence in one language, with its content tokens in the vocabulary's spelling.
struct SentenceTokens {
  std::string_view text;
  std::span<const std::string> tokens;
};

struct FlaggedTokens {
  std::vector<std::uint8_t> flags;  ///< [n_tokens] kSharedWord and kPunctuation of TokenFlag
  TokenSpelling spelling = TokenSpelling::kSentencePiece;
};

/// Flags the tokens of all languages' sentences of one sample; see read_token_table. Thread-safe.
std::vector<FlaggedTokens> flag_tokens(std::span<const SentenceTokens> languages);

}  // namespace isogloss

// A description of every token of the corpus, whatever fires on it: five bytes per token.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// Bits of a token's flags. Token i, from 0, of a sentence's n content tokens is odd if i is odd.
/// It lies in the first tenth if 10·i < n, and in the last if 10·(n − 1 − i) < n.
enum TokenFlag : std::uint8_t {
  kSharedWord = 1,   ///< part of a word that occurs in at least half of the partner sentences
  kPunctuation = 2,  ///< only punctuation, symbols, numbers or spaces
  kOdd = 4,
  kEdge = 8,  ///< in the first or last tenth
};

/// The tokens of one language, specials included. Position p of row r is entry begin[r] + p.
struct LanguageTokens {
  std::vector<std::int64_t> begin;  ///< [n_rows]
  std::vector<std::int32_t> size;   ///< [n_rows]
  std::vector<std::int32_t> ids;
  std::vector<std::uint8_t> flags;  ///< bits of TokenFlag; 0 for specials
  std::int64_t n_content = 0;       ///< tokens that have a row in the activations

  std::size_t at(std::int32_t row, std::int32_t position) const {
    return static_cast<std::size_t>(begin[static_cast<std::size_t>(row)] + position);
  }
};

struct TokenTable {
  std::vector<LanguageTokens> by_language;
  /// The text of each id, spaces included (token_text in store/segments.h).
  std::unordered_map<std::int32_t, std::string> texts;
};

/// Reads sequences.parquet and the positions in activations/, on all cores. A token belongs to
/// every word it shares a byte with (stats/words.h), and a word is shared if it occurs in at least
/// half of the other languages' sentences of the same sample. If a sentence was cut to the
/// context's length, only the part that the tokens cover counts. If the tokens do not spell the
/// text, their own texts, joined, take its place. Rows are those of `maxima`. Throws
/// Error(kBadInput) if the files contradict each other.
TokenTable read_token_table(const ResultFolder& folder, const Maxima& maxima,
                            const RunControl& control);

}  // namespace isogloss

// The words of a sentence, as they are compared across languages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// A maximal run of letters, marks and numbers (Unicode general categories L, M, N). Runs are also
/// cut where a script written without spaces begins, ends or changes: Han, Hiragana, Katakana, and
/// the scripts of mainland South-East Asia (Thai, Lao, Burmese, Khmer). A run of one of these is
/// one word, compared whole, since there is nothing to cut it by. Text copied between languages,
/// such as Latin names and numbers, is a word of its own; decimal digits never belong to such a
/// run.
struct Word {
  std::size_t begin = 0;  ///< byte offsets into the text
  std::size_t end = 0;
  std::string key;  ///< NFKC_Casefold (Unicode Standard §3.13, toNFKC_Casefold): equal words, equal
                    ///< keys. Empty if the word is made of ignorable characters only
};

/// The words of `text`, valid UTF-8, in order. Thread-safe.
std::vector<Word> find_words(std::string_view text);

/// True when `text`, valid UTF-8, holds punctuation, symbols, numbers or spaces (P, S, N, Z) and
/// nothing else; controls and combining marks do not count. Thread-safe.
bool is_punctuation(std::string_view text);

}  // namespace isogloss

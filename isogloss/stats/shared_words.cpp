#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "isogloss/core/text.h"
#include "isogloss/stats/shared_words_internal.h"
#include "isogloss/stats/token_table.h"
#include "isogloss/stats/words.h"

namespace isogloss {
namespace {

/// A sentence and the places of its tokens.
struct PlacedSentence {
  std::string text;  ///< the part that the tokens cover
  std::vector<std::size_t> ends;
  TokenSpelling spelling = TokenSpelling::kSentencePiece;
  std::vector<Word> words;
};

PlacedSentence place(const SentenceTokens& sentence) {
  PlacedSentence placed;
  if (auto found = find_token_ends(sentence.text, sentence.tokens)) {
    placed.ends = std::move(found->ends);
    placed.spelling = found->spelling;
    placed.text = sentence.text.substr(0, placed.ends.empty() ? 0 : placed.ends.back());
    // The text was cut within a character.
    while (find_invalid_utf8(placed.text)) placed.text.pop_back();
  } else {
    for (const auto& token : sentence.tokens) {
      placed.text += token_text(token, placed.spelling);
      placed.ends.push_back(placed.text.size());
    }
  }
  placed.words = find_words(placed.text);
  return placed;
}

/// The number of sentences in which each word occurs.
using WordCounts = std::unordered_map<std::string_view, std::size_t>;

WordCounts count_words(std::span<const PlacedSentence> sentences) {
  WordCounts counts;
  for (const auto& sentence : sentences) {
    std::unordered_set<std::string_view> seen;
    for (const auto& word : sentence.words) {
      if (!word.key.empty() && seen.insert(word.key).second) ++counts[word.key];
    }
  }
  return counts;
}

/// The characters that have at least one byte in [begin, end).
std::string_view whole_characters(std::string_view text, std::size_t begin, std::size_t end) {
  while (begin > 0 && continues_character(text[begin])) --begin;
  while (end < text.size() && continues_character(text[end])) ++end;
  return text.substr(begin, end - begin);
}

std::vector<std::uint8_t> flags_of(const PlacedSentence& sentence, const WordCounts& counts,
                                   std::size_t n_partners) {
  std::vector<bool> shared;
  for (const auto& word : sentence.words) {
    const auto found = counts.find(word.key);
    const std::size_t n_with_it = found == counts.end() ? 0 : found->second - 1;
    shared.push_back(n_with_it > 0 && 2 * n_with_it >= n_partners);
  }
  std::vector<std::uint8_t> flags;
  std::size_t begin = 0;
  std::size_t first_word = 0;  // the first that ends after `begin`
  for (const auto token_end : sentence.ends) {
    const auto end = std::min(token_end, sentence.text.size());
    std::uint8_t flag = 0;
    while (first_word < shared.size() && sentence.words[first_word].end <= begin) ++first_word;
    for (auto w = first_word; w < shared.size() && sentence.words[w].begin < end; ++w) {
      if (shared[w]) flag |= kSharedWord;
    }
    if (begin < end && is_punctuation(whole_characters(sentence.text, begin, end)))
      flag |= kPunctuation;
    flags.push_back(flag);
    begin = end;
  }
  return flags;
}

}  // namespace

std::vector<FlaggedTokens> flag_tokens(std::span<const SentenceTokens> languages) {
  std::vector<PlacedSentence> sentences;
  for (const auto& sentence : languages) sentences.push_back(place(sentence));
  const auto counts = count_words(sentences);
  std::vector<FlaggedTokens> flagged;
  for (const auto& sentence : sentences) {
    flagged.push_back({flags_of(sentence, counts, languages.size() - 1), sentence.spelling});
  }
  return flagged;
}

}  // namespace isogloss

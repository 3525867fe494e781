#include "isogloss/stats/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "isogloss/core/text.h"

namespace isogloss {
namespace {

/// The role of a character in words.
enum class WordClass { kNone, kMark, kSpaced, kHan, kHiragana, kKatakana, kSouthEastAsian };

struct Block {
  utf8proc_int32_t first;
  utf8proc_int32_t last;
  WordClass word_class;
};

// Blocks.txt of the Unicode Character Database; letters of these blocks only. U+3005 … U+303B are
// the ideographic iteration marks and numerals among CJK punctuation.
constexpr std::array kUnspacedBlocks = {
    Block{0x0E00, 0x0EFF, WordClass::kSouthEastAsian},  // Thai, Lao
    Block{0x1000, 0x109F, WordClass::kSouthEastAsian},  // Burmese
    Block{0x1780, 0x17FF, WordClass::kSouthEastAsian},  // Khmer
    Block{0x2E80, 0x2FDF, WordClass::kHan},             // radicals
    Block{0x3005, 0x303B, WordClass::kHan},
    Block{0x3040, 0x309F, WordClass::kHiragana},
    Block{0x30A0, 0x30FF, WordClass::kKatakana},
    Block{0x31F0, 0x31FF, WordClass::kKatakana},
    Block{0x3400, 0x4DBF, WordClass::kHan},
    Block{0x4E00, 0x9FFF, WordClass::kHan},
    Block{0xA9E0, 0xA9FF, WordClass::kSouthEastAsian},  // Burmese, extended
    Block{0xAA60, 0xAA7F, WordClass::kSouthEastAsian},
    Block{0xF900, 0xFAFF, WordClass::kHan},
    Block{0xFF65, 0xFF9F, WordClass::kKatakana},  // half-width
    Block{0x1B000, 0x1B0FF, WordClass::kHiragana},
    Block{0x20000, 0x3FFFF, WordClass::kHan},
};

WordClass script_class(utf8proc_int32_t code_point) {
  const auto block = std::ranges::lower_bound(kUnspacedBlocks, code_point, {}, &Block::last);
  const bool inside = block != kUnspacedBlocks.end() && code_point >= block->first;
  return inside ? block->word_class : WordClass::kSpaced;
}

WordClass word_class(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return script_class(code_point);
    case UTF8PROC_CATEGORY_ND:
      return WordClass::kSpaced;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return WordClass::kMark;
    default:
      return WordClass::kNone;
  }
}

std::string ascii_lower(std::string_view word) {
  std::string key(word);
  for (char& byte : key) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return key;
}

std::string nfkc_casefold(std::string_view word) {
  const bool is_ascii =
      std::ranges::all_of(word, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
  if (is_ascii) return ascii_lower(word);
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(word.data()),
      static_cast<utf8proc_ssize_t>(word.size()), &mapped,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) throw std::bad_alloc();  // the only failure of valid UTF-8
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

}  // namespace

std::vector<Word> find_words(std::string_view text) {
  std::vector<Word> words;
  auto open = WordClass::kNone;
  for_each_character(text, [&](const Character& character, std::size_t begin) {
    const auto end = begin + character.length;
    auto next = word_class(static_cast<utf8proc_int32_t>(character.point));
    if (next == WordClass::kMark) next = open == WordClass::kNone ? WordClass::kSpaced : open;
    if (next != WordClass::kNone && next != open) words.push_back({begin, end, {}});
    if (next != WordClass::kNone) words.back().end = end;
    open = next;
  });
  for (auto& word : words) word.key = nfkc_casefold(text.substr(word.begin, word.end - word.begin));
  return words;
}

bool is_punctuation(std::string_view text) {
  bool found = false;
  bool all = true;
  for_each_character(text, [&](const Character& character, std::size_t) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(character.point));
    const bool symbol =
        (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_ZP);  // N, P, S, Z
    const bool letter = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO);
    found = found || symbol;
    all = all && !letter;
  });
  return found && all;
}

}  // namespace isogloss

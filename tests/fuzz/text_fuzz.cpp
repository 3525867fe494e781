// Any bytes as text and as tokens of it: words, segments and what is shown are sound.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/text.h"
#include "isogloss/model/token_piece.h"
#include "isogloss/stats/words.h"
#include "isogloss/store/segments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool byte_level : {false, true}) {
    if (isogloss::find_invalid_utf8(isogloss::readable_piece(bytes, byte_level))) std::abort();
  }
  if (isogloss::find_invalid_utf8(bytes)) return 0;
  isogloss::is_punctuation(bytes);
  std::size_t end = 0;
  for (const auto& word : isogloss::find_words(bytes)) {
    if (word.begin < end || word.end <= word.begin || word.end > size) std::abort();
    end = word.end;
  }
  // The first line is the text, the others its tokens.
  const auto text = bytes.substr(0, bytes.find('\n'));
  std::vector<std::string> tokens;
  for (auto rest = bytes.substr(text.size()); !rest.empty();) {
    rest.remove_prefix(1);
    tokens.emplace_back(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(tokens.back().size());
  }
  std::size_t n_tokens = 0;
  for (const auto& segment : isogloss::segment_text(text, tokens)) {
    n_tokens += static_cast<std::size_t>(segment.n_tokens);
    if (isogloss::find_invalid_utf8(segment.text)) std::abort();
  }
  if (n_tokens != tokens.size()) std::abort();
  return 0;
}

#include "isogloss/core/python_json.h"

namespace isogloss {
namespace {

constexpr std::string_view kWords[] = {"NaN", "-Infinity", "Infinity"};

/// The one of kWords with which `text` begins, or an empty view.
std::string_view leading_word(std::string_view text) {
  for (const auto word : kWords) {
    if (text.starts_with(word)) return word;
  }
  return {};
}

/// The length of the string, quotes included, with which `text` begins; all of it if it has no end.
std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

}  // namespace

std::string without_nan_words(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto word = leading_word(text);
    if (!word.empty()) {
      result += "null";
      text.remove_prefix(word.size());
      continue;
    }
    const auto length = text.front() == '"' ? string_length(text) : 1;
    result += text.substr(0, length);
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace isogloss

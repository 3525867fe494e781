#include "isogloss/corpus/json_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/json_depth.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// The number of bytes of the JSON value that `text` begins with, by its brackets; npos if it does
/// not end.
std::size_t size_of_value(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
      continue;
    }
    if (depth == 0 && (c == ',' || c == ']')) return at;
    in_string = c == '"';
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  return std::string_view::npos;
}

}  // namespace

JsonRecords::JsonRecords(std::string_view bytes, std::string_view name)
    : rest_(without_byte_order_mark(bytes)), name_(name) {
  skip_space();
  is_array_ = rest_.starts_with('[');
  if (is_array_) take(1);
}

std::optional<std::string_view> JsonRecords::next() {
  const auto record = is_array_ ? next_element() : next_line();
  if (!record) return std::nullopt;
  if (const auto fault = find_text_fault(*record)) fail(*fault);
  if (nests_too_deep(*record)) {
    fail(
        fmt::format("lists or objects stand in one another more than {} deep; leave out what is "
                    "not needed",
                    kMaxJsonDepth));
  }
  return record;
}

void JsonRecords::fail(std::string_view problem) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}:{}: {}", name_, line_number_, problem));
}

std::optional<std::string_view> JsonRecords::next_line() {
  while (!rest_.empty()) {
    line_number_ = next_line_;
    const auto line = rest_.substr(0, rest_.find('\n'));
    take(std::min(line.size() + 1, rest_.size()));
    if (line.find_first_not_of(kSpace) != std::string_view::npos) return line;
  }
  return std::nullopt;
}

std::optional<std::string_view> JsonRecords::next_element() {
  skip_space();
  line_number_ = next_line_;
  if (!is_first_ && rest_.starts_with(',')) {
    take(1);
    skip_space();
    line_number_ = next_line_;
  } else if (rest_.starts_with(']')) {
    take(1);
    skip_space();
    if (!rest_.empty()) fail("text follows the array; the file must hold nothing else");
    return std::nullopt;
  }
  is_first_ = false;
  const auto size = size_of_value(rest_);
  if (size == std::string_view::npos) {
    fail("not valid JSON: the array does not end; is the file cut short?");
  }
  const auto element = rest_.substr(0, size);
  take(size);
  return element;
}

void JsonRecords::take(std::size_t n_bytes) {
  next_line_ += std::ranges::count(rest_.substr(0, n_bytes), '\n');
  rest_.remove_prefix(n_bytes);
}

void JsonRecords::skip_space() { take(std::min(rest_.find_first_not_of(kSpace), rest_.size())); }

}  // namespace isogloss

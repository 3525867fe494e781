#include "isogloss/corpus/records.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {

RecordReader::RecordReader(std::string_view bytes, std::string_view name, Dialect dialect)
    : rest_(without_byte_order_mark(bytes)), name_(name), dialect_(dialect) {}

bool RecordReader::next(std::vector<std::string_view>& fields) {
  fields.clear();
  unescaped_.clear();
  skip_blank_lines();
  if (rest_.empty()) return false;
  line_number_ = next_line_;
  const auto record = rest_;
  while (true) {
    const bool is_quoted = dialect_.is_quoted && rest_.starts_with('"');
    fields.push_back(is_quoted ? take_quoted_field() : take_field());
    if (rest_.starts_with(dialect_.delimiter)) {
      rest_.remove_prefix(1);
    } else if (take_line_end()) {
      check_text(record.substr(0, record.size() - rest_.size()));
      return true;
    } else {
      fail(fmt::format("column {}: text follows the closing quote; double the quotes within a text",
                       fields.size()));
    }
  }
}

void RecordReader::fail(std::string_view problem) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}:{}: {}", name_, line_number_, problem));
}

void RecordReader::check_text(std::string_view record) const {
  if (const auto fault = find_text_fault(record)) fail(*fault);
}

void RecordReader::skip_blank_lines() {
  while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) take_line_end();
}

std::string_view RecordReader::take_field() {
  const char ends[] = {dialect_.delimiter, '\n'};
  auto field = rest_.substr(0, rest_.find_first_of(std::string_view(ends, 2)));
  const bool ends_line = field.size() == rest_.size() || rest_[field.size()] == '\n';
  if (ends_line && field.ends_with('\r')) field.remove_suffix(1);
  rest_.remove_prefix(field.size());
  return field;
}

std::string_view RecordReader::take_quoted_field() {
  ++n_quoted_;
  std::size_t end = 1;
  bool has_quotes = false;
  for (end = rest_.find('"', 1); end != std::string_view::npos; end = rest_.find('"', end + 2)) {
    if (end + 1 == rest_.size() || rest_[end + 1] != '"') break;
    has_quotes = true;
  }
  if (end == std::string_view::npos) fail("a text in quotes begins here and never ends");
  const auto field = rest_.substr(1, end - 1);
  next_line_ += std::ranges::count(field, '\n');
  rest_.remove_prefix(end + 1);
  if (!has_quotes) return field;
  auto& text = unescaped_.emplace_back();
  for (std::size_t at = 0; at < field.size(); ++at) {
    text += field[at];
    if (field[at] == '"') ++at;  // the second of a pair
  }
  return text;
}

/// False if something else comes.
bool RecordReader::take_line_end() {
  if (rest_.starts_with('\r')) {
    if (rest_.size() > 1 && rest_[1] != '\n') return false;
    rest_.remove_prefix(1);
  }
  if (rest_.empty()) return true;
  if (rest_[0] != '\n') return false;
  rest_.remove_prefix(1);
  ++next_line_;
  return true;
}

}  // namespace isogloss

#include "isogloss/corpus/quotes.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/records.h"

namespace isogloss {
namespace {

enum class Quotes { kNone, kEnclosing, kDoubled, kBare };

/// Whether every quote in `text` has its twin behind it.
bool are_doubled(std::string_view text) {
  for (auto at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 2)) {
    if (at + 1 == text.size() || text[at + 1] != '"') return false;
  }
  return true;
}

Quotes quotes_of(std::string_view field) {
  if (field.find('"') == std::string_view::npos) return Quotes::kNone;
  if (field.size() < 2 || field.front() != '"' || field.back() != '"') return Quotes::kBare;
  const auto inner = field.substr(1, field.size() - 2);
  if (inner.find('"') == std::string_view::npos) return Quotes::kEnclosing;
  return are_doubled(inner) ? Quotes::kDoubled : Quotes::kBare;
}

/// What a file shows if its quotes are read as text.
struct Evidence {
  bool is_even = true;       ///< every line has the header's number of columns
  std::int64_t doubled = 0;  ///< the first line with a field as a CSV library writes it; 0: none
  std::int64_t n_enclosed = 0;
  std::int64_t bare = 0;  ///< the first line with a quote that it would have enclosed
};

Evidence look_at_fields(std::string_view bytes, std::string_view name) {
  RecordReader records(bytes, name, {});
  std::vector<std::string_view> fields;
  Evidence evidence;
  records.next(fields);
  const auto n_columns = fields.size();
  while (records.next(fields)) {
    evidence.is_even = evidence.is_even && fields.size() == n_columns;
    for (const auto field : fields) {
      const auto quotes = quotes_of(field);
      if (quotes == Quotes::kDoubled && evidence.doubled == 0) {
        evidence.doubled = records.line_number();
      }
      if (quotes == Quotes::kEnclosing) ++evidence.n_enclosed;
      if (quotes == Quotes::kBare && evidence.bare == 0) evidence.bare = records.line_number();
    }
  }
  return evidence;
}

/// Whether the whole file is even if its quotes enclose fields.
bool is_even_if_quoted(std::string_view bytes, std::string_view name) {
  RecordReader records(bytes, name, {.delimiter = '\t', .is_quoted = true});
  std::vector<std::string_view> fields;
  try {
    records.next(fields);
    const auto n_columns = fields.size();
    while (records.next(fields)) {
      if (fields.size() != n_columns) return false;
    }
  } catch (const Error&) {
    return false;
  }
  return true;
}

}  // namespace

TsvQuotes look_at_quotes(std::string_view bytes, std::string_view name) {
  bytes = without_byte_order_mark(bytes);
  if (bytes.find('"') == std::string_view::npos) return {};
  if (bytes.substr(0, bytes.find('\n')).find('"') != std::string_view::npos) return {true};
  const auto evidence = look_at_fields(bytes, name);
  if (!evidence.is_even) return {is_even_if_quoted(bytes, name)};
  if (evidence.doubled == 0) return {false, evidence.n_enclosed};
  if (evidence.bare == 0) return {true};
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}:{}: has a text in quotes as a CSV library writes it, line {} has a "
                          "bare quote; write the file anew in one way, or call it .csv if quotes "
                          "enclose texts in all of it",
                          name, evidence.doubled, evidence.bare));
}

}  // namespace isogloss

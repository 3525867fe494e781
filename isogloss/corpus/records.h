// Text cut into records of fields, with or without quotes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// How a file of fields is written.
struct Dialect {
  char delimiter = '\t';
  bool is_quoted = false;  ///< RFC 4180: a field in quotes may hold delimiters, line ends and ""
};

/// Walks over records ended by LF or CRLF, past a byte order mark and blank lines, checking each
/// field to be UTF-8 without NUL.
class RecordReader {
 public:
  RecordReader(std::string_view bytes, std::string_view name, Dialect dialect);

  /// Puts the next record's fields, valid until the next call, into `fields`; false at the end.
  /// Throws Error(kBadInput) naming the line.
  bool next(std::vector<std::string_view>& fields);

  std::int64_t line_number() const { return line_number_; }  ///< of the last record's first line
  std::int64_t n_quoted() const { return n_quoted_; }        ///< fields so far that were in quotes

  /// Throws Error(kBadInput) "NAME:LINE: problem".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  void check_text(std::string_view record) const;
  void skip_blank_lines();
  std::string_view take_field();
  std::string_view take_quoted_field();
  bool take_line_end();

  std::string_view rest_;
  std::string_view name_;
  Dialect dialect_;
  std::int64_t line_number_ = 0;
  std::int64_t next_line_ = 1;
  std::int64_t n_quoted_ = 0;
  std::deque<std::string> unescaped_;  ///< fields of this record that held ""
};

}  // namespace isogloss

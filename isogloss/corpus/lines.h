// Text of a corpus: lines, fields, languages' names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// Walks over lines ended by LF or CRLF, past a byte order mark, checking each to be UTF-8 without
/// NUL. A line end at the end of the file begins no further line. Holds views only.
class LineReader {
 public:
  LineReader(std::string_view bytes, std::string_view name);

  /// The next line without its end, or nullopt. Throws Error(kBadInput) naming line and byte.
  std::optional<std::string_view> next();
  std::int64_t line_number() const { return line_number_; }  ///< of the last line, from 1
  std::string_view name() const { return name_; }

  /// Throws Error(kBadInput) "NAME:LINE: problem".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  std::string_view rest_;
  std::string_view name_;
  std::int64_t line_number_ = 0;
};

/// `bytes` past the byte order mark, if there is one.
std::string_view without_byte_order_mark(std::string_view bytes);

/// `text` without white space (Unicode's) at its ends.
std::string_view trim_white_space(std::string_view text);

/// Cuts `line` at its tabs and puts the parts into `fields`, in place of what was there.
void split_tabs(std::string_view line, std::vector<std::string_view>& fields);

/// What is wrong with `text` as the text of a sentence, with the byte from 1; nullopt if nothing.
std::optional<std::string> find_text_fault(std::string_view text);

/// Whether `code` begins as a language code does, with two or three small letters: en, pt_br,
/// zh-Hans, sr@latin, eng_Latn.
bool reads_as_language(std::string_view code);

/// Throws Error(kBadInput) unless `languages` are at least two, all different, and spelt with ASCII
/// letters, digits, '-', '_' and '@'. `name` stands for the corpus in the message.
void check_offered_languages(std::span<const std::string> languages, std::string_view name);

}  // namespace isogloss

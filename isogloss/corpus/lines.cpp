#include "isogloss/corpus/lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

constexpr std::size_t kLongestCode = 35;  // what BCP 47 (RFC 5646, 4.4.1) asks programs to allow

/// Unicode's White_Space property (PropList.txt), in UTF-8.
constexpr std::string_view kWhiteSpace[] = {
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
    "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
    "\xe3\x80\x80"};

bool is_language_code(std::string_view code) {
  return !code.empty() && code.size() <= kLongestCode &&
         std::all_of(code.begin(), code.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '@';
         });
}

/// The start of `text`, of one line and no more than 40 bytes or so, for a message.
std::string_view beginning_of(std::string_view text) {
  text = text.substr(0, text.find_first_of("\r\n"));
  std::size_t size = std::min<std::size_t>(text.size(), 40);
  while (size < text.size() && continues_character(text[size])) ++size;
  return text.substr(0, size);
}

}  // namespace

std::string_view trim_white_space(std::string_view text) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const auto space : kWhiteSpace) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        changed = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        changed = true;
      }
    }
  }
  return text;
}

std::string_view without_byte_order_mark(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  return bytes;
}

LineReader::LineReader(std::string_view bytes, std::string_view name)
    : rest_(without_byte_order_mark(bytes)), name_(name) {}

std::optional<std::string_view> LineReader::next() {
  if (rest_.empty()) return std::nullopt;
  const auto end = rest_.find('\n');
  auto line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_number_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const auto fault = find_text_fault(line)) fail(*fault);
  return line;
}

void LineReader::fail(std::string_view problem) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}:{}: {}", name_, line_number_, problem));
}

void split_tabs(std::string_view line, std::vector<std::string_view>& fields) {
  fields.clear();
  while (true) {
    const auto tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return;
    line.remove_prefix(tab + 1);
  }
}

bool reads_as_language(std::string_view code) {
  const auto primary = code.substr(0, code.find_first_of("-_@"));
  return (primary.size() == 2 || primary.size() == 3) && is_language_code(code) &&
         std::ranges::all_of(primary, [](char c) { return c >= 'a' && c <= 'z'; });
}

std::optional<std::string> find_text_fault(std::string_view text) {
  if (const auto invalid = find_invalid_utf8(text)) {
    return fmt::format("byte {} is not valid UTF-8; convert the file with iconv", *invalid + 1);
  }
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return fmt::format("byte {} is NUL; the file is damaged or not text", zero + 1);
  }
  return std::nullopt;
}

void check_offered_languages(std::span<const std::string> languages, std::string_view name) {
  for (auto language = languages.begin(); language != languages.end(); ++language) {
    if (!is_language_code(*language)) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: '{}' stands where a language code such as 'en' should; is the "
                              "header line missing?",
                              name, beginning_of(*language)));
    }
    if (std::find(languages.begin(), language, *language) != language) {
      throw Error(
          ErrorCode::kBadInput,
          fmt::format("{}: has the language '{}' twice; remove or rename one", name, *language));
    }
  }
  if (languages.size() < 2) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has {}, a parallel corpus needs at least two", name,
                            languages.empty() ? "no language (is it empty?)"
                                              : "only the language '" + languages[0] + "'"));
  }
}

}  // namespace isogloss

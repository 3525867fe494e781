// The text form (gettext's manual, "The Format of PO Files"): keywords with C strings, an entry
// after the other.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "isogloss/core/error.h"
#include "isogloss/corpus/gettext.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Takes what follows a backslash from `rest` and returns its character; nullopt if C knows none.
std::optional<char> take_escape(std::string_view& rest) {
  static const std::map<char, char> kEscapes = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'},
                                                {'a', '\a'}, {'b', '\b'}, {'f', '\f'},
                                                {'v', '\v'}, {'"', '"'},  {'\\', '\\'}};
  if (rest.empty()) return std::nullopt;
  const char kind = rest[0];
  unsigned value = 0;
  std::size_t n_digits = 0;
  if (is_octal(kind)) {
    while (n_digits < 3 && n_digits < rest.size() && is_octal(rest[n_digits])) {
      value = value * 8 + static_cast<unsigned>(rest[n_digits++] - '0');
    }
    rest.remove_prefix(n_digits);
    return static_cast<char>(value);
  }
  rest.remove_prefix(1);
  if (kind == 'x') {
    while (n_digits < 2 && n_digits < rest.size() && hex_value(rest[n_digits]) >= 0) {
      value = value * 16 + static_cast<unsigned>(hex_value(rest[n_digits++]));
    }
    rest.remove_prefix(n_digits);
    return n_digits > 0 ? std::optional(static_cast<char>(value)) : std::nullopt;
  }
  const auto found = kEscapes.find(kind);
  return found == kEscapes.end() ? std::nullopt : std::optional(found->second);
}

class PoParser {
 public:
  PoParser(std::string_view bytes, std::string_view name) : lines_(bytes, name) {}

  Catalogue parse() {
    while (const auto line = lines_.next()) take_line(trim(*line));
    finish_entry();
    return std::move(catalogue_);
  }

 private:
  struct Entry {
    std::map<std::string, std::string, std::less<>> strings;  ///< by keyword
    bool is_fuzzy = false;
    std::int64_t line = 0;
  };

  static std::string_view trim(std::string_view line) {
    constexpr std::string_view kBlanks = " \t\f\v";
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    return line.substr(0, line.find_last_not_of(kBlanks) + 1);
  }

  void take_line(std::string_view line) {
    if (line.empty()) return;
    if (line.starts_with('#')) {
      if (has_text()) finish_entry();
      if (line.starts_with("#,") && line.find("fuzzy") != std::string_view::npos) {
        entry_.is_fuzzy = true;
      }
      return;
    }
    if (line.starts_with('"')) {
      if (keyword_ == nullptr) lines_.fail("a string without msgid or msgstr before it");
      *keyword_ += unquote(line);
      return;
    }
    const auto end = line.find_first_of(" \t\"");
    begin_string(std::string(line.substr(0, end)));
    *keyword_ += unquote(trim(line.substr(std::min(end, line.size()))));
  }

  bool has_text() const { return entry_.strings.lower_bound("msgstr") != entry_.strings.end(); }

  void begin_string(const std::string& keyword) {
    const bool is_known = keyword == "msgctxt" || keyword == "msgid" || keyword == "msgid_plural" ||
                          keyword == "msgstr" ||
                          (keyword.starts_with("msgstr[") && keyword.ends_with(']'));
    if (!is_known) lines_.fail(fmt::format("'{}' is no keyword of PO", printable_start(keyword)));
    if (has_text() && !keyword.starts_with("msgstr")) finish_entry();
    if (keyword == "msgid") entry_.line = lines_.line_number();
    const auto [place, is_new] = entry_.strings.try_emplace(keyword);
    if (!is_new) lines_.fail(fmt::format("a second {} in one entry; remove one", keyword));
    keyword_ = &place->second;
  }

  static std::string_view printable_start(std::string_view word) { return word.substr(0, 20); }

  std::string unquote(std::string_view line) const {
    if (line.size() < 2 || line.front() != '"' || line.back() != '"') {
      lines_.fail("a string must stand in quotes");
    }
    auto rest = line.substr(1, line.size() - 2);
    std::string text;
    while (!rest.empty()) {
      const char c = rest[0];
      rest.remove_prefix(1);
      if (c == '"') lines_.fail("a quote within a string needs a backslash");
      if (c != '\\') {
        text += c;
        continue;
      }
      const auto escaped = take_escape(rest);
      if (!escaped) lines_.fail("a backslash that C's strings do not know; double it");
      text += *escaped;
    }
    return text;
  }

  void finish_entry() {
    const auto entry = std::exchange(entry_, {});
    keyword_ = nullptr;
    if (entry.strings.empty()) return;
    const auto value = [&](std::string_view keyword) {
      const auto found = entry.strings.find(keyword);
      return found == entry.strings.end() ? std::string() : found->second;
    };
    if (!entry.strings.contains("msgid")) lines_.fail("the entry before has no msgid");
    Message message{value("msgctxt"), value("msgid"), value("msgstr"), entry.line};
    if (message.id.empty() && message.context.empty()) {
      take_header(message.text, lines_.name(), catalogue_);
    } else if (entry.strings.contains("msgid_plural")) {
      ++catalogue_.n_plural;
    } else if (entry.is_fuzzy) {
      ++catalogue_.n_fuzzy;
    } else if (!message.text.empty() && !message.id.empty()) {
      check(message);
      catalogue_.messages.push_back(std::move(message));
    }
  }

  /// An escape can spell what a line must not hold.
  void check(const Message& message) const {
    for (const auto* text : {&message.context, &message.id, &message.text}) {
      const auto fault = find_text_fault(*text);
      if (fault) lines_.fail(fmt::format("the entry before: {}", *fault));
    }
  }

  LineReader lines_;
  Catalogue catalogue_;
  Entry entry_;
  std::string* keyword_ = nullptr;  ///< the string that lines continue
};

}  // namespace

Catalogue parse_po(std::string_view bytes, std::string_view name) {
  return PoParser(bytes, name).parse();
}

}  // namespace isogloss

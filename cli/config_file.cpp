#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "cli/arguments.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/corpus/lines.h"

namespace isogloss::cli {
namespace {

/// toml++ takes nested tables apart by recursion, however deep a dotted key makes them.
constexpr std::uintmax_t kMaxBytes = 64 << 10;

[[noreturn]] void refuse(const std::filesystem::path& path, const toml::source_region& where,
                         const std::string& problem) {
  throw Error(ErrorCode::kUsage,
              fmt::format("{}:{}: {}", path.string(), where.begin.line, problem));
}

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

/// The bytes of the quoted text that `text` begins with; up to the first character that is not
/// ASCII behind a backslash and white space, if there is one.
std::size_t size_of_quoted(std::string_view text) {
  const bool has_escapes = text.front() == '"';
  const bool has_lines = text.starts_with(R"(""")") || text.starts_with("'''");
  const auto end = text.substr(0, has_lines ? 3 : 1);
  for (auto at = end.size(); at < text.size(); ++at) {
    if (text.substr(at).starts_with(end)) return at + end.size();
    if (!has_lines && text[at] == '\n') return at;
    if (!has_escapes || text[at] != '\\') continue;
    const auto next = text.find_first_not_of(" \t\r\n", at + 1);
    if (next == std::string_view::npos || !is_ascii(text[next])) return std::min(next, text.size());
    at = std::max(at + 1, next - 1);  // past an escaped character, or up to what follows the space
  }
  return text.size();
}

/// Refuses what is not ASCII outside of comments and quotes. TOML has no meaning for it, and
/// toml++ 3.3 runs into undefined behaviour on some.
void check_characters(const std::filesystem::path& path, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    if (rest.front() == '#') {
      at += std::min(rest.find('\n'), rest.size());
    } else if (rest.front() == '"' || rest.front() == '\'') {
      at += size_of_quoted(rest);
    } else if (is_ascii(rest.front())) {
      ++at;
    } else {
      const auto line = 1 + std::ranges::count(text.substr(0, at), '\n');
      throw Error(
          ErrorCode::kUsage,
          fmt::format(
              "{}:{}: text stands outside of quotes or goes on after a backslash; put all of it in "
              "quotes, on one line",
              path.string(), line));
    }
  }
}

std::string scalar(const std::filesystem::path& path, const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto integer = node.value_exact<std::int64_t>()) return fmt::format("{}", *integer);
  if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  refuse(path, node.source(), "expected a text, a number, true/false or a list of texts");
}

}  // namespace

std::vector<std::string> words_of_config(const std::filesystem::path& path,
                                         const std::vector<std::string>& known) {
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such configuration file; check the path", path.string()));
  }
  if (std::filesystem::file_size(path) > kMaxBytes) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: has more than {} KiB, as no configuration needs; check the path",
                            path.string(), kMaxBytes >> 10));
  }
  const MappedFile file(path);
  check_characters(path, without_byte_order_mark(file.text()));
  toml::table table;
  try {
    table = toml::parse(file.text(), path.string());
  } catch (const toml::parse_error& error) {
    refuse(path, error.source(), std::string(error.description()));
  }
  std::vector<std::string> words;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      refuse(path, node.source(),
             fmt::format("unknown option {}; it takes {}", name, fmt::join(known, ", ")));
    }
    if (const auto flag = node.value_exact<bool>()) {
      if (*flag) words.push_back("--" + name);
    } else if (node.is_array()) {
      for (const auto& item : *node.as_array()) {
        words.push_back(fmt::format("--{}={}", name, scalar(path, item)));
      }
    } else {
      words.push_back(fmt::format("--{}={}", name, scalar(path, node)));
    }
  }
  return words;
}

}  // namespace isogloss::cli

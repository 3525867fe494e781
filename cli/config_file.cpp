#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "cli/arguments.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/text.h"

namespace isogloss::cli {
namespace {

/// toml++ takes nested tables apart by recursion, however deep a dotted key makes them.
constexpr std::uintmax_t kMaxBytes = 64 << 10;

[[noreturn]] void refuse(const std::filesystem::path& path, const toml::source_region& where,
                         const std::string& problem) {
  throw Error(ErrorCode::kUsage,
              fmt::format("{}:{}: {}", path.string(), where.begin.line, problem));
}

/// toml++ 3.3 runs into undefined behaviour on these where a space may stand.
bool is_misread(char32_t character) { return character >= U'\uFA26' && character <= U'\uFEFE'; }

void check_characters(const std::filesystem::path& path, std::string_view text) {
  std::int64_t line = 1;
  for_each_character(text, [&](const Character& character, std::size_t) {
    if (character.point == U'\n') ++line;
    if (!is_misread(character.point)) return;
    throw Error(
        ErrorCode::kUsage,
        fmt::format("{}:{}: holds U+{:04X}, which cannot be read in a configuration; remove "
                    "it, or give the option on the command line",
                    path.string(), line, static_cast<std::uint32_t>(character.point)));
  });
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
  check_characters(path, file.text());
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

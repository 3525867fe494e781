#include "cli/expand_config.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/arguments.h"

namespace isogloss::cli {
namespace {

/// Every long option that a verb takes, without the dashes, except --config and --help.
std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const auto* option : verb.get_options()) {
    for (const auto& name : option->get_lnames()) {
      if (name != "config" && name != "help") names.push_back(name);
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> expand_config(const CLI::App& app, std::vector<std::string> words) {
  const auto verbs = app.get_subcommands(
      [&](const CLI::App* verb) { return !words.empty() && verb->get_name() == words.front(); });
  const CLI::App* verb = verbs.empty() ? nullptr : verbs.front();
  if (verb == nullptr || verb->get_option_no_throw("--config") == nullptr) return words;
  std::string path;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("--config=")) path = words[i].substr(9);
    if (words[i] == "--config" && i + 1 < words.size()) path = words[i + 1];
  }
  if (path.empty()) return words;
  auto more = words_of_config(path, option_names(*verb));
  const auto name = [](const std::string& word) { return word.substr(0, word.find('=')); };
  std::erase_if(more, [&](const std::string& word) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& given) { return name(given) == name(word); });
  });
  words.insert(words.begin() + 1, more.begin(), more.end());
  return words;
}

}  // namespace isogloss::cli

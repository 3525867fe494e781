// --config FILE.toml: options that a file holds.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace isogloss::cli {

/// Inserts the words of a --config file after the verb, except those also given on the command
/// line. `app` has the verbs. Throws Error(kUsage) as words_of_config does.
std::vector<std::string> expand_config(const CLI::App& app, std::vector<std::string> words);

}  // namespace isogloss::cli

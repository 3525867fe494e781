#include "cli/stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "cli/commands.h"

namespace isogloss::cli {

nlohmann::ordered_json seconds_json(const StageSeconds& seconds) {
  auto json = nlohmann::ordered_json::object();
  visit_stages(seconds, [&](const char* name, double value) { json[name] = value; });
  return json;
}

void print_seconds(const StageSeconds& seconds) {
  double total = 0;
  visit_stages(seconds, [&](const char*, double value) { total += value; });
  fmt::print("\nseconds of the extraction, added up over its threads\n");
  visit_stages(seconds, [&](const char* name, double value) {
    std::string words = name;
    std::ranges::replace(words, '_', ' ');
    fmt::print("  {:<16} {:>9.2f}  {:>3.0f} %\n", words, value,
               total > 0 ? 100 * value / total : 0);
  });
}

void print_extraction(const std::filesystem::path& output, bool json, const StageSeconds* seconds) {
  if (json) {
    nlohmann::ordered_json out = {{"output", output.string()}};
    if (seconds != nullptr) out["seconds"] = seconds_json(*seconds);
    std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return;
  }
  fmt::print("{}\n", output.string());
  if (seconds != nullptr) print_seconds(*seconds);
}

}  // namespace isogloss::cli

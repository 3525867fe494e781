#include "isogloss/pipeline/explain.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/core/json_text.h"

namespace isogloss::cli {
namespace {

/// "1 feature", "2 features".
std::string counted(std::size_t n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace

void explain_features(const Arguments& arguments, const RunControl& control) {
  const ResultFolder folder{arguments.folder};
  const auto explanations = explain(folder, arguments.explain, control);
  std::set<std::int32_t> features;
  for (const auto& row : explanations.rows) features.insert(row.feature);
  if (arguments.json) {
    const nlohmann::ordered_json facts = {{"file", folder.explanations().string()},
                                          {"source", explanations.source},
                                          {"explanations", explanations.rows.size()},
                                          {"features", features.size()}};
    std::cout << json_text(facts, 2) << "\n";
    return;
  }
  fmt::print("{}: {} of {}, from {} on Neuronpedia\n", folder.explanations().string(),
             counted(explanations.rows.size(), "explanation"), counted(features.size(), "feature"),
             printable(explanations.source));
  if (std::filesystem::exists(folder.report())) {
    fmt::print("The page does not show them yet: isogloss report {}\n", folder.root.string());
  }
}

}  // namespace isogloss::cli

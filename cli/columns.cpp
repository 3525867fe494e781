#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/score/score_columns.h"

namespace isogloss::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The tip, with the names in braces replaced by words.
std::string explained(const ScoreColumn& column) {
  std::string text(column.info.tip);
  for (const auto& [name, words] :
       {std::pair("{null}", "another of its stratum"), std::pair("{lambda}", "λ"),
        std::pair("{fdr}", "Benjamini–Hochberg or –Yekutieli"),
        std::pair("{max_permutations}", "--permutations"),
        std::pair("{max_t_permutations}", "--max-t"),
        std::pair("{intervals_over}", "sentences or documents"),
        std::pair("{language}", "<language>")}) {
    const std::string_view hole(name);
    for (auto at = text.find(hole); at != std::string::npos; at = text.find(hole, at)) {
      text.replace(at, hole.size(), words);
    }
  }
  return text;
}

Json columns_json(const std::vector<ScoreColumn>& columns) {
  Json list = Json::array();
  for (const auto& column : columns) {
    list.push_back({{"name", column.name},
                    {"type", column.type},
                    {"may_be_null", column.may_be_null},
                    {"per_language", column.per_language},
                    {"present", column.present},
                    {"description", explained(column)}});
  }
  return list;
}

}  // namespace

void print_columns(bool json) {
  const auto columns = score_columns();
  if (json) {
    std::cout << columns_json(columns).dump(1) << '\n';
    return;
  }
  fmt::print("The columns of scores.parquet and scores.csv\n");
  for (const auto& column : columns) {
    fmt::print("\n{}  {}{}{}\n", column.name, column.type,
               column.may_be_null ? ", may be null" : "",
               column.present == "asked"     ? ", with --measures"
               : column.present == "profile" ? ", with profile.parquet"
                                             : "");
    for (const auto& line : wrap_words(explained(column), 76)) fmt::print("    {}\n", line);
  }
}

}  // namespace isogloss::cli

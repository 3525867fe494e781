#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/core/json_text.h"
#include "isogloss/score/score_columns.h"

namespace isogloss::cli {
namespace {

using Json = nlohmann::ordered_json;

Json columns_json(const std::vector<ScoreColumn>& columns) {
  Json list = Json::array();
  for (const auto& column : columns) {
    list.push_back({{"name", column.name},
                    {"type", column.type},
                    {"may_be_null", column.may_be_null},
                    {"per_language", column.per_language},
                    {"present", column.present},
                    {"description", general_tip(column)}});
  }
  return list;
}

}  // namespace

void print_columns(bool json) {
  const auto columns = score_columns();
  if (json) {
    std::cout << json_text(columns_json(columns), 1) << '\n';
    return;
  }
  fmt::print("The columns of scores.parquet and scores.csv\n");
  for (const auto& column : columns) {
    fmt::print("\n{}  {}{}{}\n", column.name, column.type,
               column.may_be_null ? ", may be null" : "",
               column.present == "asked"     ? ", with --measures"
               : column.present == "profile" ? ", with profile.parquet"
                                             : "");
    for (const auto& line : wrap_words(general_tip(column), 76)) fmt::print("    {}\n", line);
  }
}

}  // namespace isogloss::cli

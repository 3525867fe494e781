#include "isogloss/corpus/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/table_layouts.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {

std::string file_language(const Table& table) {
  return std::filesystem::path(without_compression(table.name())).stem().string();
}

bool Table::has(std::string_view column) const {
  return std::ranges::find(columns_, column) != columns_.end();
}

std::unique_ptr<RowReader> open_tables(
    const std::vector<CorpusFile>& files,
    const std::function<std::unique_ptr<Table>(const std::filesystem::path&)>& open) {
  Tables tables;
  for (const auto& file : files) tables.push_back(open(file.path));
  if (auto layout = find_long_layout(*tables.front())) {
    return open_long_tables(std::move(tables), std::move(*layout));
  }
  const auto is_of_a_language = [](const auto& table) {
    return reads_as_language(file_language(*table));
  };
  if (tables.size() > 1 && std::ranges::all_of(tables, is_of_a_language)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is called after a language like the files beside it, but has no "
                            "columns such as id and text, by which to join them",
                            tables.front()->name()));
  }
  return open_wide_tables(std::move(tables));
}

}  // namespace isogloss

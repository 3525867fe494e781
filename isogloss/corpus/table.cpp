#include "isogloss/corpus/table.h"

#include <algorithm>

#include "isogloss/corpus/table_layouts.h"

namespace isogloss {

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
  return open_wide_tables(std::move(tables));
}

}  // namespace isogloss

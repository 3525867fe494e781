#include "isogloss/corpus/table.h"

#include <algorithm>

#include "isogloss/corpus/table_layouts.h"

namespace isogloss {

bool Table::has(std::string_view column) const {
  return std::ranges::find(columns_, column) != columns_.end();
}

std::unique_ptr<RowReader> open_tables(Tables tables) {
  if (auto layout = find_long_layout(*tables.front())) {
    return open_long_tables(std::move(tables), std::move(*layout));
  }
  return open_wide_tables(std::move(tables));
}

std::unique_ptr<RowReader> open_table(std::unique_ptr<Table> table) {
  Tables tables;
  tables.push_back(std::move(table));
  return open_tables(std::move(tables));
}

}  // namespace isogloss

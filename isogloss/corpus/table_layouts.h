// The two ways in which tables hold parallel text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/corpus/table.h"

namespace isogloss {

/// Where a long table has what; `language` are columns whose cells, joined by '_', are the code. If
/// it is empty, the name of the file is the code.
struct LongLayout {
  std::string key;
  std::string text;
  std::vector<std::string> language;
};

/// "spa" of "dev/spa.tsv.gz".
std::string file_language(const Table& table);

/// nullopt if `table` is not in the long layout. Throws Error(kBadInput) if it is but for a key.
std::optional<LongLayout> find_long_layout(const Table& table);

std::unique_ptr<RowReader> open_long_tables(Tables tables, LongLayout layout);

std::unique_ptr<RowReader> open_wide_tables(Tables tables);

}  // namespace isogloss

// Tables whose fields are cut by a character: TSV and CSV.
#pragma once

#include <filesystem>
#include <memory>

#include "isogloss/corpus/table.h"

namespace isogloss {

/// Fields cut by tabs. Quotes are text, unless the whole file shows that a CSV library wrote it;
/// see docs/corpora.md. Throws Error(kBadInput) if the file shows both.
std::unique_ptr<Table> open_tsv(const std::filesystem::path& path);

/// Fields cut by the first comma, semicolon or tab of the header, with quotes by RFC 4180.
std::unique_ptr<Table> open_csv(const std::filesystem::path& path);

}  // namespace isogloss

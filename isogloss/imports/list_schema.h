// The columns of a Parquet file of sentences and their activations. Included by .cpp files only,
// like parquet.h.
#pragma once

#include <arrow/api.h>

#include <filesystem>

namespace isogloss {

/// Throws Error(kBadInput) unless the columns are those of docs/imports.md, and no others.
void check_list_schema(const arrow::Schema& schema, const std::filesystem::path& path);

}  // namespace isogloss

// What the store's Parquet files have in common: their schemas, the names of shards on disk, and
// reading row groups without trusting them. Included by the store's .cpp files only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/parquet_columns.h"

namespace isogloss {

std::shared_ptr<arrow::Schema> sequences_schema();
std::shared_ptr<arrow::Schema> activations_schema();
std::shared_ptr<arrow::Schema> maxima_schema();

/// The complete files of a shard folder, in shard order. Throws Error(kEnvironment) if the folder
/// is missing, Error(kBadInput) if a shard before the last one is missing.
std::vector<std::filesystem::path> shard_files(const std::filesystem::path& folder);

/// Throws Error(kBadInput): "FILE: PROBLEM; the remedy for a damaged result folder".
[[noreturn]] void throw_damaged(const std::filesystem::path& path, std::string_view problem);

/// Decides which row groups are read: those for which `may_hold(min, max)` of the int32 `column` is
/// true, and those without statistics.
struct RowGroupFilter {
  std::string column;
  std::function<bool(std::int32_t min, std::int32_t max)> may_hold;
};

/// Passes row groups whose `sample` column may hold one of `samples`, which ascend and must outlive
/// the filter.
RowGroupFilter samples_filter(std::span<const std::int32_t> samples);

/// Reads the given columns of each row group that passes `filter` (all if null), one at a time, and
/// calls `visit` for those that have rows. Columns have one chunk each and the schema's types.
void visit_row_groups(const std::filesystem::path& path, const arrow::Schema& schema,
                      const std::vector<std::string>& columns, const RowGroupFilter* filter,
                      const std::function<void(const arrow::Table&)>& visit);

/// The number of rows in a file, according to its footer.
std::int64_t count_rows(const std::filesystem::path& path, const arrow::Schema& schema);

constexpr std::string_view kDamaged = "the file is damaged: delete it and repeat the extraction";

/// The columns of a table that visit_row_groups delivered.
inline TableColumns columns_of(const arrow::Table& table, const std::filesystem::path& path) {
  return {table, path, kDamaged};
}

/// Language name → index into the run's languages. Rows come in runs of one language, so the last
/// language found is tried first.
class LanguageIndex {
 public:
  explicit LanguageIndex(std::span<const std::string> languages) : languages_(languages) {}

  /// Throws Error(kBadInput) naming `path` for a language the run does not have.
  std::int32_t find(std::string_view language, const std::filesystem::path& path);

 private:
  std::span<const std::string> languages_;
  std::size_t last_ = 0;
};

}  // namespace isogloss

#include "isogloss/store/columns_internal.h"

#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "isogloss/store/layout.h"

namespace isogloss {
namespace {

using Int32Range = std::pair<std::int32_t, std::int32_t>;

/// The smallest and largest value of an int32 column in one row group, if the file records them.
std::optional<Int32Range> column_range(const parquet::FileMetaData& metadata, int row_group,
                                       const std::string& name) {
  const int index = metadata.schema()->ColumnIndex(name);
  if (index < 0) return std::nullopt;
  const auto statistics = std::dynamic_pointer_cast<parquet::Int32Statistics>(
      metadata.RowGroup(row_group)->ColumnChunk(index)->statistics());
  if (statistics == nullptr || !statistics->HasMinMax()) return std::nullopt;
  return Int32Range{statistics->min(), statistics->max()};
}

bool passes(const RowGroupFilter& filter, const parquet::FileMetaData& metadata, int row_group) {
  const auto range = column_range(metadata, row_group, filter.column);
  return !range || filter.may_hold(range->first, range->second);
}

}  // namespace

std::shared_ptr<arrow::Schema> sequences_schema() {
  return arrow::schema(
      {arrow::field("sample", arrow::int32()), arrow::field("language", arrow::utf8()),
       arrow::field("source", arrow::utf8()), arrow::field("document", arrow::utf8()),
       arrow::field("text", arrow::utf8()), arrow::field("token_ids", arrow::list(arrow::int32())),
       arrow::field("tokens", arrow::list(arrow::utf8()))});
}

std::shared_ptr<arrow::Schema> activations_schema() {
  return arrow::schema({arrow::field("sample", arrow::int32()),
                        arrow::field("language", arrow::utf8()),
                        arrow::field("position", arrow::int32()),
                        arrow::field("features", arrow::list(arrow::int32())),
                        arrow::field("values", arrow::list(arrow::float32()))});
}

std::shared_ptr<arrow::Schema> maxima_schema() {
  return arrow::schema(
      {arrow::field("feature", arrow::int32()), arrow::field("language", arrow::utf8()),
       arrow::field("sample", arrow::int32()), arrow::field("value", arrow::float32()),
       arrow::field("position", arrow::int32())});
}

void throw_damaged(const std::filesystem::path& path, std::string_view problem) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; {}", path.string(), problem, kDamaged));
}

std::vector<std::filesystem::path> shard_files(const std::filesystem::path& folder) {
  std::error_code error;
  std::int32_t n_shards = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".parquet") ++n_shards;
  }
  if (error) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: cannot list the folder: {}; check that it is a result folder of a "
                            "finished extraction",
                            folder.string(), error.message()));
  }
  std::vector<std::filesystem::path> files;
  for (std::int32_t shard = 0; shard < n_shards; ++shard) {
    files.push_back(folder / ResultFolder{}.maxima_shard(shard).filename());
    if (!std::filesystem::exists(files.back())) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: missing, while {} others are there; repeat the extraction",
                              files.back().string(), n_shards));
    }
  }
  return files;
}

RowGroupFilter samples_filter(std::span<const std::int32_t> samples) {
  return {"sample", [samples](std::int32_t min, std::int32_t max) {
            const auto first = std::ranges::lower_bound(samples, min);
            return first != samples.end() && *first <= max;
          }};
}

void visit_row_groups(const std::filesystem::path& path, const arrow::Schema& schema,
                      const std::vector<std::string>& columns, const RowGroupFilter* filter,
                      const std::function<void(const arrow::Table&)>& visit) {
  const auto reader = open_parquet(path, schema);
  const auto metadata = reader->parquet_reader()->metadata();
  for (int row_group = 0; row_group < metadata->num_row_groups(); ++row_group) {
    try {
      if (filter != nullptr && !passes(*filter, *metadata, row_group)) continue;
    } catch (const parquet::ParquetException&) {
      throw_damaged(path, fmt::format("row group {} has unreadable metadata", row_group));
    }
    const auto table = read_row_group(*reader, row_group, columns, path);
    if (table->num_rows() == 0) continue;
    for (const auto& each : table->columns()) {
      if (each->num_chunks() != 1) {
        throw_damaged(path, fmt::format("row group {} is larger than 2 GB", row_group));
      }
    }
    visit(*table);
  }
}

std::int64_t count_rows(const std::filesystem::path& path, const arrow::Schema& schema) {
  const auto metadata = open_parquet(path, schema)->parquet_reader()->metadata();
  std::int64_t n_rows = 0;
  for (int row_group = 0; row_group < metadata->num_row_groups(); ++row_group) {
    n_rows += metadata->RowGroup(row_group)->num_rows();
  }
  return n_rows;
}

std::int32_t LanguageIndex::find(std::string_view language, const std::filesystem::path& path) {
  if (last_ < languages_.size() && languages_[last_] == language) {
    return static_cast<std::int32_t>(last_);
  }
  for (last_ = 0; last_ < languages_.size(); ++last_) {
    if (languages_[last_] == language) return static_cast<std::int32_t>(last_);
  }
  throw_damaged(path, fmt::format("language '{}' is not among the run's", language));
}

}  // namespace isogloss

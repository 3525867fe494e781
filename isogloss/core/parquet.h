// Arrow and Parquet as every stage uses them: errors become isogloss::Error, and files are written
// completely or not at all. Included by .cpp files only; Arrow's types never reach a public header.
#pragma once

#include <arrow/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// Throws Error naming `path` and `action` unless `status` is OK. I/O failures are kEnvironment,
/// everything else is the file's fault: kBadInput.
void check_arrow(const arrow::Status& status, const std::filesystem::path& path,
                 std::string_view action);

template <class T>
T take_arrow(arrow::Result<T> result, const std::filesystem::path& path, std::string_view action) {
  check_arrow(result.status(), path, action);
  return std::move(result).ValueUnsafe();
}

/// Opens a Parquet file and checks that it has each of `schema`'s fields with its type (names of
/// nested fields are ignored). An empty schema accepts any file.
std::unique_ptr<parquet::arrow::FileReader> open_parquet(
    const std::filesystem::path& path, const arrow::Schema& expected = arrow::Schema({}));

/// Index of a top-level column in the file's schema; -1 if absent.
int column_index(parquet::arrow::FileReader& reader, std::string_view name);

/// The named top-level columns of one row group, as many rows at a time as the reader's batch size
/// says.
std::unique_ptr<arrow::RecordBatchReader> open_row_group(parquet::arrow::FileReader& reader,
                                                         int row_group,
                                                         const std::vector<std::string>& columns,
                                                         const std::filesystem::path& path);

/// Reads the named top-level columns of one row group as a table with one chunk per column.
std::shared_ptr<arrow::Table> read_row_group(parquet::arrow::FileReader& reader, int row_group,
                                             const std::vector<std::string>& columns,
                                             const std::filesystem::path& path);

/// Writes a Parquet file under a temporary name until finish(), and removes it if that is never
/// called. Compresses with zstd; pages have checksums and row groups have statistics. Equal tables
/// give equal bytes.
class ParquetWriter {
 public:
  ParquetWriter(std::filesystem::path path, std::shared_ptr<arrow::Schema> schema);
  ParquetWriter(const ParquetWriter&) = delete;
  void append(const arrow::Table& row_group);
  void finish();

 private:
  struct PartFile {
    std::filesystem::path path;
    bool renamed = false;
    ~PartFile();
  };

  void write(const std::function<arrow::Status()>& step) const;

  std::filesystem::path path_;
  PartFile part_;  ///< outlives the two that write it
  std::shared_ptr<arrow::io::OutputStream> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace isogloss

#include "isogloss/core/parquet.h"

#include <arrow/io/file.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>

#include <algorithm>
#include <functional>
#include <new>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

/// Throws bad_alloc where Arrow's own pool would return a Status, because Parquet's dictionary
/// encoder ignores it and writes through a null pointer (Arrow 26).
class ThrowingPool : public arrow::ProxyMemoryPool {
 public:
  ThrowingPool() : ProxyMemoryPool(arrow::default_memory_pool()) {}

  arrow::Status Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) override {
    return done(ProxyMemoryPool::Allocate(size, alignment, out));
  }
  arrow::Status Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment,
                           std::uint8_t** out) override {
    return done(ProxyMemoryPool::Reallocate(old_size, new_size, alignment, out));
  }

 private:
  static arrow::Status done(arrow::Status status) {
    if (status.IsOutOfMemory()) throw std::bad_alloc();
    return status;
  }
};

arrow::MemoryPool* writers_pool() {
  static ThrowingPool pool;
  return &pool;
}

[[noreturn]] void fail_for_memory(const std::filesystem::path& path, std::string_view action) {
  throw Error(ErrorCode::kEnvironment,
              fmt::format("{}: no memory to {}; close other programs", path.string(), action));
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// When a compressor runs out of memory or a thread cannot be started, it is reported as an
/// IOError, and so is whatever kept a header from being read. Where there was no memory for that
/// message either, only its beginning is there.
bool is_shortage(const arrow::Status& status) {
  constexpr std::string_view kHeader = "Couldn't deserialize thrift: ";
  const auto& message = status.message();
  const auto says = [&](std::string_view words) { return message.find(words) != message.npos; };
  return status.IsOutOfMemory() || says("not enough memory") || says("llocation error") ||
         says("launch worker thread") || says("bad_alloc") ||
         (status.IsIOError() && status.detail() == nullptr && kHeader.starts_with(message));
}

}  // namespace

void check_arrow(const arrow::Status& status, const std::filesystem::path& path,
                 std::string_view action) {
  if (status.ok()) return;
  if (is_shortage(status)) fail_for_memory(path, action);
  const auto detail = first_line(status.message());
  // Parquet reports a damaged file as IOError too; only the operating system's errors carry an
  // errno.
  if (status.IsIOError() && status.detail() != nullptr) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: cannot {}: {}; check the path, the permissions and the free space",
                            path.string(), action, detail));
  }
  throw Error(ErrorCode::kBadInput, fmt::format("{}: cannot {}: {}; the file is damaged or of "
                                                "another kind",
                                                path.string(), action, detail));
}

std::unique_ptr<parquet::arrow::FileReader> open_parquet(const std::filesystem::path& path,
                                                         const arrow::Schema& expected) {
  auto file = take_arrow(arrow::io::ReadableFile::Open(path.string()), path, "open");
  // Pages written by ParquetWriter carry a CRC: a flipped bit is an error, not a different number.
  auto properties = parquet::default_reader_properties();
  properties.set_page_checksum_verification(true);
  parquet::arrow::FileReaderBuilder builder;
  check_arrow(builder.Open(file, properties), path, "read it as Parquet");
  auto reader = take_arrow(builder.Build(), path, "read it as Parquet");
  std::shared_ptr<arrow::Schema> found;
  check_arrow(reader->GetSchema(&found), path, "read the schema");
  for (const auto& field : expected.fields()) {
    const auto there = found->GetFieldByName(field->name());
    if (there == nullptr || !there->type()->Equals(field->type())) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: needs a column {}: {}, but {}; make the file again with this "
                              "version",
                              path.string(), field->name(), field->type()->ToString(),
                              there ? "it is " + there->type()->ToString() : "there is none"));
    }
  }
  return reader;
}

int column_index(parquet::arrow::FileReader& reader, std::string_view name) {
  std::shared_ptr<arrow::Schema> schema;
  if (!reader.GetSchema(&schema).ok()) return -1;
  return schema->GetFieldIndex(std::string(name));
}

namespace {

/// The Parquet columns that make up the named top-level columns.
std::vector<int> leaves_of(parquet::arrow::FileReader& reader,
                           const std::vector<std::string>& columns,
                           const std::filesystem::path& path) {
  std::vector<int> leaves;
  const auto& manifest = reader.manifest();
  const std::function<void(const parquet::arrow::SchemaField&)> collect =
      [&](const parquet::arrow::SchemaField& field) {
        if (field.is_leaf()) leaves.push_back(field.column_index);
        for (const auto& child : field.children) collect(child);
      };
  for (const auto& name : columns) {
    const int index = column_index(reader, name);
    if (index < 0) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}: has no column {}", path.string(), name));
    }
    collect(manifest.schema_fields[static_cast<std::size_t>(index)]);
  }
  return leaves;
}

}  // namespace

std::unique_ptr<arrow::RecordBatchReader> open_row_group(parquet::arrow::FileReader& reader,
                                                         int row_group,
                                                         const std::vector<std::string>& columns,
                                                         const std::filesystem::path& path) {
  return take_arrow(reader.GetRecordBatchReader({row_group}, leaves_of(reader, columns, path)),
                    path, fmt::format("read row group {}", row_group));
}

std::shared_ptr<arrow::Table> read_row_group(parquet::arrow::FileReader& reader, int row_group,
                                             const std::vector<std::string>& columns,
                                             const std::filesystem::path& path) {
  auto table = take_arrow(reader.ReadRowGroup(row_group, leaves_of(reader, columns, path)), path,
                          fmt::format("read row group {}", row_group));
  return take_arrow(table->CombineChunks(), path, "read");
}

ParquetWriter::ParquetWriter(std::filesystem::path path, std::shared_ptr<arrow::Schema> schema)
    : path_(std::move(path)), part_{part_path(path_)} {
  sink_ =
      take_arrow(arrow::io::FileOutputStream::Open(part_.path.string()), path_, "create the file");
  parquet::WriterProperties::Builder properties;
  properties.compression(parquet::Compression::ZSTD)
      ->max_row_group_length(std::int64_t{1} << 40)
      ->enable_page_checksum()
      ->memory_pool(writers_pool());
  for (const auto& field : schema->fields()) {
    // Measurements hardly repeat, so a dictionary of them takes time and saves nothing.
    if (arrow::is_floating(*field->type())) properties.disable_dictionary(field->name());
  }
  auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  writer_ = take_arrow(parquet::arrow::FileWriter::Open(*schema, writers_pool(), sink_,
                                                        properties.build(), arrow_properties),
                       path_, "create the file");
}

ParquetWriter::PartFile::~PartFile() {
  std::error_code ignored;
  if (!renamed) std::filesystem::remove(path, ignored);
}

void ParquetWriter::append(const arrow::Table& row_group) {
  write([&] {
    return writer_->WriteTable(row_group, std::max<std::int64_t>(row_group.num_rows(), 1));
  });
}

void ParquetWriter::write(const std::function<arrow::Status()>& step) const {
  try {
    check_arrow(step(), path_, "write");
  } catch (const std::bad_alloc&) {
    fail_for_memory(path_, "write");
  }
}

void ParquetWriter::finish() {
  write([&] { return writer_->Close(); });
  write([&] { return sink_->Close(); });
  finish_file(part_.path, path_);
  part_.renamed = true;
}

}  // namespace isogloss

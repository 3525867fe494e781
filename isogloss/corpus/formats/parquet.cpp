#include "isogloss/core/parquet.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/splits.h"

namespace isogloss {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view problem) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", path.string(), problem));
}

bool is_text(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}

/// Empty where null. `array` is of a type that is_text accepts.
std::string_view text_of(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return {};
  if (array.type_id() == arrow::Type::STRING) {
    return static_cast<const arrow::StringArray&>(array).GetView(row);
  }
  return static_cast<const arrow::LargeStringArray&>(array).GetView(row);
}

/// `array` is of a string or integer type.
std::string id_of(const arrow::Array& array, std::int64_t row, const std::filesystem::path& path) {
  if (is_text(*array.type())) return std::string(text_of(array, row));
  return take_arrow(array.GetScalar(row), path, "read the id")->ToString();
}

/// One file's columns, checked. `has_id` tells whether there is an `id`.
struct Shard {
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::shared_ptr<arrow::StructType> translation;
  bool has_id = false;
};

Shard open_shard(const std::filesystem::path& path) {
  Shard shard{.reader = open_parquet(path), .translation = {}};
  std::shared_ptr<arrow::Schema> schema;
  check_arrow(shard.reader->GetSchema(&schema), path, "read the schema");
  const auto translation = schema->GetFieldByName("translation");
  if (!translation || translation->type()->id() != arrow::Type::STRUCT) {
    fail(path, fmt::format("needs a column translation: struct<en: string, …>, has {}",
                           fmt::join(schema->field_names(), ", ")));
  }
  shard.translation = std::static_pointer_cast<arrow::StructType>(translation->type());
  if (const auto id = schema->GetFieldByName("id")) {
    if (!is_text(*id->type()) && !arrow::is_integer(id->type()->id())) {
      fail(path, fmt::format("id is {}, not a string or an integer", id->type()->ToString()));
    }
    shard.has_id = true;
  }
  return shard;
}

class ParquetReader : public RowReader {
 public:
  explicit ParquetReader(std::vector<CorpusFile> shards) : shards_(std::move(shards)) {
    const auto& path = shards_.front().path;
    const auto first = open_shard(path);
    for (const auto& field : first.translation->fields()) languages_.push_back(field->name());
    check_offered_languages(languages_, path.string());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    std::int64_t n_rows = 0;
    for (const auto& shard : shards_) read_shard(shard.path, wanted, n_rows, sink);
  }

 private:
  static void read_shard(const std::filesystem::path& path, std::span<const std::string> wanted,
                         std::int64_t& n_rows, const RowSink& sink) {
    const auto shard = open_shard(path);
    for (const auto& language : wanted) {
      const auto field = shard.translation->GetFieldByName(language);
      if (!field) fail(path, fmt::format("has no translation.{}", language));
      if (!is_text(*field->type())) {
        fail(path, fmt::format("translation.{} is {}, not a string", language,
                               field->type()->ToString()));
      }
    }
    std::vector<std::string> columns{"translation"};
    if (shard.has_id) columns.push_back("id");
    for (int group = 0; group < shard.reader->num_row_groups(); ++group) {
      const auto table = read_row_group(*shard.reader, group, columns, path);
      arrow::TableBatchReader batches(*table);
      while (const auto batch = take_arrow(batches.Next(), path, "read")) {
        read_batch(*batch, path, wanted, n_rows, sink);
      }
    }
  }

  static void read_batch(const arrow::RecordBatch& batch, const std::filesystem::path& path,
                         std::span<const std::string> wanted, std::int64_t& n_rows,
                         const RowSink& sink) {
    const auto& translation =
        static_cast<const arrow::StructArray&>(*batch.GetColumnByName("translation"));
    const auto ids = batch.GetColumnByName("id");
    std::vector<std::shared_ptr<arrow::Array>> texts;
    for (const auto& language : wanted) texts.push_back(translation.GetFieldByName(language));
    std::vector<std::string_view> text(wanted.size());
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      ++n_rows;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        text[i] = translation.IsNull(row) ? std::string_view() : text_of(*texts[i], row);
        if (const auto fault = find_text_fault(text[i])) {
          fail(path, fmt::format("row {}: translation.{}: {}", n_rows, wanted[i], *fault));
        }
      }
      const bool has_id = ids && ids->IsValid(row);
      const auto source = has_id ? id_of(*ids, row, path) : std::to_string(n_rows);
      if (const auto fault = find_text_fault(source)) {
        fail(path, fmt::format("row {}: id: {}", n_rows, *fault));
      }
      sink({.source = source, .document = {}, .text = text});
    }
  }

  std::vector<CorpusFile> shards_;
};

constexpr std::string_view kExtension = ".parquet";

std::vector<CorpusFiles> find_shards(const std::filesystem::path& path) {
  return find_splits(path, kExtension);
}

}  // namespace

const CorpusFormat corpus_format::parquet = {
    .name = "Parquet",
    .accepted = "a .parquet file or a folder of them",
    .extensions = {&kExtension, 1},
    .find_files = &find_shards,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<ParquetReader>(corpus.files);
    },
};

}  // namespace isogloss

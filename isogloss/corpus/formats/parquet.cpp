#include "isogloss/core/parquet.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/splits.h"
#include "isogloss/corpus/table.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

constexpr std::int64_t kRowsAtATime = 256;

bool is_text(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY) {
    return is_text(*static_cast<const arrow::DictionaryType&>(type).value_type());
  }
  return arrow::is_string(type.id()) || type.id() == arrow::Type::STRING_VIEW;
}

/// Empty where null. `array` is of a type that is_text accepts.
std::string_view text_of(const arrow::Array& array, std::int64_t row) {
  if (array.IsNull(row)) return {};
  switch (array.type_id()) {
    case arrow::Type::DICTIONARY: {
      const auto& encoded = static_cast<const arrow::DictionaryArray&>(array);
      return text_of(*encoded.dictionary(), encoded.GetValueIndex(row));
    }
    case arrow::Type::STRING_VIEW:
      return static_cast<const arrow::StringViewArray&>(array).GetView(row);
    case arrow::Type::LARGE_STRING:
      return static_cast<const arrow::LargeStringArray&>(array).GetView(row);
    default:
      return static_cast<const arrow::StringArray&>(array).GetView(row);
  }
}

/// The column's name, or that of the struct it is a field of.
std::string top_level_name(const std::string& column) {
  return column.starts_with(kTranslationPrefix) ? "translation" : column;
}

class ParquetTable : public Table {
 public:
  explicit ParquetTable(const std::filesystem::path& path)
      : Table(path.string()), path_(path), schema_(schema_of(path)) {
    has_other_columns_ = true;
    for (const auto& field : schema_->fields()) {
      if (field->name() == "translation" && field->type()->id() == arrow::Type::STRUCT) {
        for (const auto& text : field->type()->fields()) {
          columns_.push_back(std::string(kTranslationPrefix) + text->name());
        }
      } else if (is_text(*field->type()) || arrow::is_integer(field->type()->id())) {
        columns_.push_back(field->name());
      }
    }
  }

  void read(std::span<const ColumnRequest> wanted, const CellSink& sink) override {
    std::vector<std::string> names;
    for (const auto& column : wanted) {
      check_type(column);
      if (find_field(column.name)) names.push_back(top_level_name(column.name));
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const auto reader = open_parquet(path_);
    reader->set_batch_size(kRowsAtATime);
    n_rows_ = 0;
    n_bytes_ = 0;
    for (int group = 0; group < reader->num_row_groups(); ++group) {
      const auto batches = open_row_group(*reader, group, names, path_);
      while (const auto batch = take_arrow(batches->Next(), path_, "read")) {
        if (!read_batch(*batch, wanted, sink)) return;
        check_expansion();
      }
    }
  }

 private:
  static std::shared_ptr<arrow::Schema> schema_of(const std::filesystem::path& path) {
    std::shared_ptr<arrow::Schema> schema;
    check_arrow(open_parquet(path)->GetSchema(&schema), path, "read the schema");
    return schema;
  }

  [[noreturn]] void fail(std::string_view problem) const {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", name_, problem));
  }

  std::shared_ptr<arrow::Field> find_field(const std::string& column) const {
    auto field = schema_->GetFieldByName(top_level_name(column));
    if (!field || !column.starts_with(kTranslationPrefix)) return field;
    if (field->type()->id() != arrow::Type::STRUCT) return nullptr;
    return static_cast<const arrow::StructType&>(*field->type())
        .GetFieldByName(column.substr(kTranslationPrefix.size()));
  }

  void check_type(const ColumnRequest& column) const {
    const auto field = find_field(column.name);
    if (!field && column.is_text) fail(fmt::format("has no {}", column.name));
    if (!field || is_text(*field->type())) return;
    if (!column.is_text && arrow::is_integer(field->type()->id())) return;
    fail(fmt::format("{} is {}, not {}", column.name, field->type()->ToString(),
                     column.is_text ? "a string" : "a string or an integer"));
  }

  /// A text that many rows share takes no room in the file.
  void check_expansion() const {
    const auto limit = std::max(kSmallText, kMaxExpansion * std::filesystem::file_size(path_));
    if (n_bytes_ <= limit) return;
    fail(
        fmt::format("its texts are more than {} times its size, as a corpus' are not; write it as "
                    "TSV if it is what you mean",
                    kMaxExpansion));
  }

  /// False if the sink ends the reading.
  bool read_batch(const arrow::RecordBatch& batch, std::span<const ColumnRequest> wanted,
                  const CellSink& sink) {
    arrow::ArrayVector arrays;
    for (const auto& column : wanted) arrays.push_back(find_array(batch, column.name));
    std::vector<std::string> numbers(wanted.size());
    std::vector<std::optional<std::string_view>> cells(wanted.size());
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      ++n_rows_;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        cells[i] = arrays[i] ? cell_of(*arrays[i], row, numbers[i]) : std::nullopt;
        const auto text = cells[i].value_or("");
        n_bytes_ += text.size();
        if (const auto fault = find_text_fault(text)) {
          fail(fmt::format("row {}: {}: {}", n_rows_, wanted[i].name, *fault));
        }
      }
      if (!sink({.number = n_rows_, .cells = cells})) return false;
    }
    return true;
  }

  /// Null if the file has no such column.
  std::shared_ptr<arrow::Array> find_array(const arrow::RecordBatch& batch,
                                           const std::string& column) const {
    auto array = batch.GetColumnByName(top_level_name(column));
    if (!array || !column.starts_with(kTranslationPrefix)) return array;
    // With the nulls of the struct itself.
    return take_arrow(static_cast<const arrow::StructArray&>(*array).GetFlattenedField(
                          static_cast<const arrow::StructType&>(*array->type())
                              .GetFieldIndex(column.substr(kTranslationPrefix.size()))),
                      path_, "read");
  }

  /// `number` stores the text of an integer.
  std::optional<std::string_view> cell_of(const arrow::Array& array, std::int64_t row,
                                          std::string& number) const {
    if (array.IsNull(row)) return std::nullopt;
    if (is_text(*array.type())) return text_of(array, row);
    return number = take_arrow(array.GetScalar(row), path_, "read an integer")->ToString();
  }

  std::filesystem::path path_;
  std::shared_ptr<arrow::Schema> schema_;
  std::int64_t n_rows_ = 0;  ///< read so far
  std::size_t n_bytes_ = 0;  ///< of the texts in them
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
      return open_tables(corpus.files, [](const auto& path) -> std::unique_ptr<Table> {
        return std::make_unique<ParquetTable>(path);
      });
    },
};

}  // namespace isogloss

#include "isogloss/store/sequences.h"

#include <algorithm>
#include <functional>

#include "isogloss/core/text.h"
#include "isogloss/store/columns_internal.h"

namespace isogloss {
namespace {

/// Columns under construction; one append of a record adds one row to each.
class SequenceColumns {
 public:
  void append(const SequenceRecord& record) {
    ok(sample_.Append(record.sample));
    ok(language_.Append(record.language));
    ok(source_.Append(record.source));
    ok(record.document ? document_.Append(*record.document) : document_.AppendNull());
    ok(text_.Append(record.text));
    ok(token_ids_.Append());
    ok(token_id_items_->AppendValues(record.token_ids));
    ok(tokens_.Append());
    ok(token_items_->AppendValues(record.tokens));
  }

  std::shared_ptr<arrow::Table> finish() {
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
             &sample_, &language_, &source_, &document_, &text_, &token_ids_, &tokens_}) {
      arrays.push_back(take_arrow(builder->Finish(), path_, "build a row group"));
    }
    return arrow::Table::Make(sequences_schema(), arrays);
  }

  explicit SequenceColumns(std::filesystem::path path) : path_(std::move(path)) {}

 private:
  void ok(const arrow::Status& status) const { check_arrow(status, path_, "build a row group"); }

  std::filesystem::path path_;
  arrow::Int32Builder sample_;
  arrow::StringBuilder language_, source_, document_, text_;
  std::shared_ptr<arrow::Int32Builder> token_id_items_ = std::make_shared<arrow::Int32Builder>();
  std::shared_ptr<arrow::StringBuilder> token_items_ = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder token_ids_{arrow::default_memory_pool(), token_id_items_};
  arrow::ListBuilder tokens_{arrow::default_memory_pool(), token_items_};
};

std::string checked_text(std::string_view text, const std::string& name,
                         const std::filesystem::path& path) {
  if (find_invalid_utf8(text)) throw_damaged(path, fmt::format("column {} is not UTF-8", name));
  return std::string(text);
}

/// The rows of one row group as records.
class RecordReader {
 public:
  RecordReader(const arrow::Table& table, const std::filesystem::path& path)
      : path_(path),
        sample_(columns_of(table, path).array<arrow::Int32Array>("sample")),
        language_(columns_of(table, path).array<arrow::StringArray>("language")),
        source_(columns_of(table, path).array<arrow::StringArray>("source")),
        document_(columns_of(table, path).array<arrow::StringArray>("document", true)),
        text_(columns_of(table, path).array<arrow::StringArray>("text")),
        token_ids_(columns_of(table, path).lists<arrow::Int32Array>("token_ids")),
        tokens_(columns_of(table, path).lists<arrow::StringArray>("tokens")) {}

  SequenceRecord read(std::int64_t row) const {
    SequenceRecord record;
    record.sample = sample_.Value(row);
    record.language = checked_text(language_.GetView(row), "language", path_);
    record.source = checked_text(source_.GetView(row), "source", path_);
    if (document_.IsValid(row)) {
      record.document = checked_text(document_.GetView(row), "document", path_);
    }
    record.text = checked_text(text_.GetView(row), "text", path_);
    read_tokens(row, record);
    return record;
  }

 private:
  void read_tokens(std::int64_t row, SequenceRecord& record) const {
    const std::int32_t n_tokens = token_ids_.size(row);
    if (tokens_.size(row) != n_tokens) {
      throw_damaged(path_, fmt::format("sample {} has {} token ids and {} tokens", record.sample,
                                       n_tokens, tokens_.size(row)));
    }
    for (std::int32_t i = 0; i < n_tokens; ++i) {
      record.token_ids.push_back(token_ids_.items.Value(token_ids_.begin(row) + i));
      record.tokens.push_back(
          checked_text(tokens_.items.GetView(tokens_.begin(row) + i), "tokens", path_));
    }
  }

  const std::filesystem::path& path_;
  const arrow::Int32Array& sample_;
  const arrow::StringArray &language_, &source_, &document_, &text_;
  ListItems<arrow::Int32Array> token_ids_;
  ListItems<arrow::StringArray> tokens_;
};

}  // namespace

struct SequenceWriter::Impl {
  std::filesystem::path path;
  ParquetWriter writer;
};

SequenceWriter::SequenceWriter(const ResultFolder& folder)
    : impl_(new Impl{folder.sequences(), ParquetWriter(folder.sequences(), sequences_schema())}) {}

SequenceWriter::~SequenceWriter() = default;

void SequenceWriter::append(std::span<const SequenceRecord> records) {
  if (records.empty()) return;
  SequenceColumns columns(impl_->path);
  for (const auto& record : records) columns.append(record);
  impl_->writer.append(*columns.finish());
}

void SequenceWriter::finish() { impl_->writer.finish(); }

std::vector<SequenceRecord> read_sequences(const ResultFolder& folder,
                                           std::span<const std::int32_t> samples) {
  const auto path = folder.sequences();
  const auto filter = samples_filter(samples);
  std::vector<SequenceRecord> records;
  visit_row_groups(
      path, *sequences_schema(), sequences_schema()->field_names(),
      samples.empty() ? nullptr : &filter, [&](const arrow::Table& table) {
        const RecordReader reader(table, path);
        const auto& sample = columns_of(table, path).array<arrow::Int32Array>("sample");
        for (std::int64_t row = 0; row < table.num_rows(); ++row) {
          if (samples.empty() || std::ranges::binary_search(samples, sample.Value(row)))
            records.push_back(reader.read(row));
        }
      });
  std::ranges::stable_sort(records, {}, &SequenceRecord::sample);
  return records;
}

void visit_sequences(const ResultFolder& folder,
                     const std::function<void(std::span<const SequenceRecord>)>& visit) {
  const auto path = folder.sequences();
  visit_row_groups(path, *sequences_schema(), sequences_schema()->field_names(), nullptr,
                   [&](const arrow::Table& table) {
                     const RecordReader reader(table, path);
                     std::vector<SequenceRecord> records;
                     records.reserve(static_cast<std::size_t>(table.num_rows()));
                     for (std::int64_t row = 0; row < table.num_rows(); ++row) {
                       records.push_back(reader.read(row));
                     }
                     visit(records);
                   });
}

std::vector<std::vector<std::int32_t>> read_sample_ids(const ResultFolder& folder,
                                                       std::span<const std::string> languages) {
  const auto path = folder.sequences();
  std::vector<std::vector<std::int32_t>> ids(languages.size());
  LanguageIndex index(languages);
  visit_row_groups(
      path, *sequences_schema(), {"sample", "language"}, nullptr, [&](const arrow::Table& table) {
        const auto& sample = columns_of(table, path).array<arrow::Int32Array>("sample");
        const auto& language = columns_of(table, path).array<arrow::StringArray>("language");
        for (std::int64_t row = 0; row < table.num_rows(); ++row) {
          const auto l = index.find(language.GetView(row), path);
          ids[static_cast<std::size_t>(l)].push_back(sample.Value(row));
        }
      });
  for (std::size_t l = 0; l < languages.size(); ++l) {
    std::ranges::sort(ids[l]);
    const auto repeated = std::ranges::adjacent_find(ids[l]);
    if (repeated == ids[l].end()) continue;
    throw_damaged(path,
                  fmt::format("sample {} occurs twice in language '{}'", *repeated, languages[l]));
  }
  return ids;
}

}  // namespace isogloss

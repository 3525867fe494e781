#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"
#include "isogloss/imports/language_source.h"
#include "isogloss/imports/list_schema.h"
#include "isogloss/store/limits.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

/// A row of dense activations holds tokens · features numbers.
constexpr std::int64_t kRowsAtATime = 4;

struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

std::int64_t integer_at(const arrow::Array& array, std::int64_t i) {
  switch (array.type_id()) {
    case arrow::Type::INT64:
      return static_cast<const arrow::Int64Array&>(array).Value(i);
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(array).Value(i);
    case arrow::Type::INT8:
      return static_cast<const arrow::Int8Array&>(array).Value(i);
    case arrow::Type::UINT8:
      return static_cast<const arrow::UInt8Array&>(array).Value(i);
    default:
      return static_cast<const arrow::BooleanArray&>(array).Value(i) ? 1 : 0;
  }
}

float float_at(const arrow::Array& array, std::int64_t i) {
  return array.type_id() == arrow::Type::FLOAT
             ? static_cast<const arrow::FloatArray&>(array).Value(i)
             : static_cast<float>(static_cast<const arrow::DoubleArray&>(array).Value(i));
}

/// One sentence: a row of a batch.
class RowReader {
 public:
  RowReader(const arrow::RecordBatch& batch, std::int64_t row, const fs::path& path,
            std::int64_t number)
      : batch_(batch), row_(row), path_(path), number_(number) {}

  ImportedSentence read(std::int32_t& n_features) {
    ImportedSentence sentence;
    sentence.id = id();
    if (has("text")) sentence.text.text = text("text");
    if (has("document")) sentence.document = text("document");
    const auto& tokens = list("tokens");
    const auto& strings = static_cast<const arrow::StringArray&>(*tokens.values());
    for (auto range = range_of(tokens, row_, "tokens"); range.begin < range.end; ++range.begin) {
      sentence.text.tokens.emplace_back(strings.GetView(range.begin));
    }
    if (has("token_ids")) {
      for (const auto token_id : integers("token_ids")) {
        if (token_id < 0 || token_id > INT32_MAX) {
          fail(fmt::format("token_ids holds {}; write integers from 0 on", token_id));
        }
        sentence.text.token_ids.push_back(static_cast<std::int32_t>(token_id));
      }
    }
    fail_for(find_sentence_fault(sentence));
    fail_for(set_positions(integers("special_tokens_mask"), sentence.text));
    if (batch_.GetColumnByName("activations") != nullptr) {
      read_dense(sentence.text, n_features);
    } else {
      read_sparse(sentence.text);
    }
    return sentence;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: row {}: {}", path_.string(), number_, problem));
  }

  void fail_for(const std::optional<std::string>& fault) const {
    if (fault) fail(*fault);
  }

  bool has(const char* name) const {
    const auto column = batch_.GetColumnByName(name);
    return column != nullptr && !column->IsNull(row_);
  }

  const arrow::Array& column(const char* name) const {
    if (!has(name)) fail(fmt::format("{} is null; every sentence needs one", name));
    return *batch_.GetColumnByName(name);
  }

  std::string id() const {
    const auto& ids = column("id");
    return ids.type_id() == arrow::Type::STRING ? text("id")
                                                : fmt::format("{}", integer_at(ids, row_));
  }

  std::string text(const char* name) const {
    return std::string(static_cast<const arrow::StringArray&>(column(name)).GetView(row_));
  }

  const arrow::ListArray& list(const char* name) const {
    return static_cast<const arrow::ListArray&>(column(name));
  }

  /// The items of list `i`, none of which is null.
  Range range_of(const arrow::ListArray& lists, std::int64_t i, const char* name) const {
    const auto begin = lists.value_offset(i);
    const Range range{begin, begin + lists.value_length(i)};
    for (auto item = range.begin; lists.values()->null_count() > 0 && item < range.end; ++item) {
      if (lists.values()->IsNull(item)) fail(fmt::format("{} holds a null; leave none", name));
    }
    return range;
  }

  std::vector<std::int64_t> integers(const char* name) const {
    const auto& lists = list(name);
    return integers_of(*lists.values(), range_of(lists, row_, name));
  }

  static std::vector<std::int64_t> integers_of(const arrow::Array& items, Range range) {
    std::vector<std::int64_t> numbers;
    for (auto i = range.begin; i < range.end; ++i) numbers.push_back(integer_at(items, i));
    return numbers;
  }

  static std::vector<float> floats_of(const arrow::Array& items, Range range) {
    std::vector<float> numbers;
    numbers.reserve(static_cast<std::size_t>(range.end - range.begin));
    for (auto i = range.begin; i < range.end; ++i) numbers.push_back(float_at(items, i));
    return numbers;
  }

  /// The lists of a column with one list for each token.
  const arrow::ListArray& token_lists(const char* name, const ImportedText& text,
                                      std::int64_t& first) const {
    const auto& lists = list(name);
    const auto range = range_of(lists, row_, name);
    if (range.end - range.begin != std::ssize(text.tokens)) {
      fail(
          fmt::format("{} has {} lists for {} tokens; give one for each token, special tokens "
                      "included",
                      name, range.end - range.begin, text.tokens.size()));
    }
    first = range.begin;
    return static_cast<const arrow::ListArray&>(*lists.values());
  }

  void read_dense(ImportedText& to, std::int32_t& n_features) const {
    std::int64_t first = 0;
    const auto& lists = token_lists("activations", to, first);
    for (std::int64_t token = 0; token < std::ssize(to.tokens); ++token) {
      const auto range = range_of(lists, first + token, "activations");
      const auto size = range.end - range.begin;
      if (n_features == 0 && size <= kMostFeatures) n_features = static_cast<std::int32_t>(size);
      if (size != n_features || size == 0) {
        fail(fmt::format("token {} has {} activations, others have {}; give one for each feature",
                         token, size, n_features));
      }
      if (!std::ranges::binary_search(to.positions, static_cast<std::int32_t>(token))) continue;
      const auto fault = append_dense(floats_of(*lists.values(), range), to.activations);
      if (fault) fail(fmt::format("token {}: {}", token, *fault));
    }
  }

  void read_sparse(ImportedText& to) const {
    std::int64_t first_feature = 0;
    std::int64_t first_value = 0;
    const auto& features = token_lists("features", to, first_feature);
    const auto& values = token_lists("values", to, first_value);
    for (const auto token : to.positions) {
      const auto of_features =
          integers_of(*features.values(), range_of(features, first_feature + token, "features"));
      const auto of_values =
          floats_of(*values.values(), range_of(values, first_value + token, "values"));
      if (of_features.size() != of_values.size()) {
        fail(fmt::format("token {} has {} features and {} values; give one value for each", token,
                         of_features.size(), of_values.size()));
      }
      const auto fault = append_sparse(of_features, of_values, kMostFeatures, to.activations);
      if (fault) fail(fmt::format("token {}: {}", token, *fault));
    }
  }

  const arrow::RecordBatch& batch_;
  std::int64_t row_;
  const fs::path& path_;
  std::int64_t number_;  ///< of the row in its file, from 1
};

class ListSource : public LanguageSource {
 public:
  explicit ListSource(std::span<const fs::path> files) : files_(files.begin(), files.end()) {
    for (const auto& file : files_) {
      const auto reader = open_parquet(file);
      std::shared_ptr<arrow::Schema> schema;
      check_arrow(reader->GetSchema(&schema), file, "read the schema");
      check_list_schema(*schema, file);
      n_sentences_ += reader->parquet_reader()->metadata()->num_rows();
    }
    if (n_sentences_ > 0) return;
    throw Error(ErrorCode::kBadInput, fmt::format("{}: holds no sentences; write one row for each",
                                                  files_.front().string()));
  }

  std::int64_t n_sentences() const override { return n_sentences_; }
  std::int32_t n_features() const override { return n_features_; }

  ImportedSentence next() override {
    while (batch_ == nullptr || row_ == batch_->num_rows()) next_batch();
    const auto& path = files_[file_ - 1];
    return RowReader(*batch_, row_++, path, ++number_).read(n_features_);
  }

 private:
  /// Leaves a batch that may be empty. There is one: rows were counted.
  void next_batch() {
    row_ = 0;
    batch_ = batches_ ? take_arrow(batches_->Next(), files_[file_ - 1], "read") : nullptr;
    if (batch_ == nullptr) {
      batches_.reset();
      if (file_ == files_.size()) {
        throw Error(ErrorCode::kBadInput,
                    fmt::format("{}: holds fewer rows than it says; write the file again",
                                files_.back().string()));
      }
      const auto& path = files_[file_++];
      reader_ = open_parquet(path);
      reader_->set_batch_size(kRowsAtATime);
      batches_ = take_arrow(reader_->GetRecordBatchReader(), path, "read");
      number_ = 0;
      return;
    }
    check_arrow(batch_->ValidateFull(), files_[file_ - 1], "read");
  }

  std::vector<fs::path> files_;
  std::int64_t n_sentences_ = 0;
  std::int32_t n_features_ = 0;
  std::size_t file_ = 0;  ///< after the one that is being read
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t row_ = 0;     ///< in the batch
  std::int64_t number_ = 0;  ///< in the file
};

}  // namespace

std::unique_ptr<LanguageSource> open_lists(std::span<const fs::path> files) {
  return std::make_unique<ListSource>(files);
}

}  // namespace isogloss

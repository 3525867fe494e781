// The dataset of Gómez 2024 on the Hugging Face hub (diegomezp/gemmascope_bilingual_activations):
// dense activations of sentence pairs, padded on the right to the longer sentence, BOS first.
#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"
#include "isogloss/core/text.h"
#include "isogloss/imports/language_source.h"
#include "isogloss/store/limits.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPaddingId = 0;
constexpr std::size_t kFirstContent = 1;  ///< BOS is at 0
constexpr std::int64_t kRowsAtATime = 2;  ///< a row holds 2 · tokens · 16,384 numbers

/// The entries of `lists` in `row`, as a range of its values.
struct Range {
  std::int64_t begin;
  std::int64_t size;
};
Range range_of(const arrow::ListArray& lists, std::int64_t row) {
  return {lists.value_offset(row), lists.value_length(row)};
}

class Gomez2024Reader : public ActivationReader {
 public:
  Gomez2024Reader(std::span<const fs::path> files, const ImportChoices& choices)
      : files_(files.begin(), files.end()), choices_(choices) {
    for (const auto& file : files_) {
      const auto reader = open_parquet(file);
      std::shared_ptr<arrow::Schema> schema;
      check_arrow(reader->GetSchema(&schema), file, "read the schema");
      check_schema(*schema, file);
      n_rows_ += reader->parquet_reader()->metadata()->num_rows();
    }
  }

  const std::vector<std::string>& languages() const override { return languages_; }
  std::int64_t n_rows() const override { return n_rows_; }
  std::int32_t n_features() const override { return static_cast<std::int32_t>(n_features_); }

  void read(const std::function<void(ImportedRow)>& sink) override {
    std::int32_t sample = 0;
    for (const auto& file : files_) {
      const auto reader = open_parquet(file);
      reader->set_batch_size(kRowsAtATime);
      const auto batches = take_arrow(reader->GetRecordBatchReader(), file, "read");
      row_ = 0;
      path_ = file;
      while (const auto batch = take_arrow(batches->Next(), file, "read")) {
        check_arrow(batch->ValidateFull(), file, "read");
        for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
          ++row_;
          sink(read_row(*batch, row, sample++));
        }
      }
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: row {}: {}; take the dataset as its author published it, or write "
                            "it in the form of docs/imports.md",
                            path_.string(), row_, problem));
  }

  /// The languages are the fields of str_tokens, in the order of the tensors' first axis.
  void check_schema(const arrow::Schema& schema, const fs::path& file) {
    const auto expect = [&](const char* name, const std::shared_ptr<arrow::DataType>& type) {
      const auto field = schema.GetFieldByName(name);
      if (field && field->type()->Equals(*type)) return;
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: {} is {}, but {} in the dataset of Gómez 2024; give the files "
                              "as they are on the hub",
                              file.string(), name, field ? field->type()->ToString() : "missing",
                              type->ToString()));
    };
    using arrow::list;
    std::vector<std::string> languages;
    const auto tokens = schema.GetFieldByName("str_tokens");
    if (tokens && tokens->type()->id() == arrow::Type::STRUCT) {
      for (const auto& field : tokens->type()->fields()) languages.push_back(field->name());
    }
    arrow::FieldVector strings;
    for (const auto& language : languages) {
      strings.push_back(arrow::field(language, list(arrow::utf8())));
    }
    expect("str_tokens", arrow::struct_(strings));
    expect("tokens", list(list(arrow::int64())));
    expect("sae_features", list(list(list(arrow::float32()))));
    if (languages.size() < 2 || (!languages_.empty() && languages != languages_)) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: str_tokens names {} languages, not those of the other files; "
                              "give the files of one dataset",
                              file.string(), languages.size()));
    }
    languages_ = std::move(languages);
  }

  ImportedRow read_row(const arrow::RecordBatch& batch, std::int64_t row, std::int32_t sample) {
    ImportedRow result;
    result.sample = sample;
    result.source = id_of(batch, row);
    for (std::size_t l = 0; l < languages_.size(); ++l) {
      auto& text = result.by_language.emplace_back();
      text.text = text_of(batch, row, l);
      read_tokens(batch, row, l, text);
      read_activations(batch, row, l, text);
    }
    return result;
  }

  std::string id_of(const arrow::RecordBatch& batch, std::int64_t row) const {
    const auto ids = batch.GetColumnByName("id");
    if (!ids || ids->type_id() != arrow::Type::STRING || ids->IsNull(row)) {
      return fmt::format("{}", row_);
    }
    return valid(static_cast<const arrow::StringArray&>(*ids).GetView(row), "id");
  }

  std::string text_of(const arrow::RecordBatch& batch, std::int64_t row, std::size_t l) const {
    const auto texts = batch.GetColumnByName("translation");
    if (!texts || texts->type_id() != arrow::Type::STRUCT || texts->IsNull(row)) return {};
    const auto column =
        static_cast<const arrow::StructArray&>(*texts).GetFieldByName(languages_[l]);
    if (!column || column->type_id() != arrow::Type::STRING || column->IsNull(row)) return {};
    return valid(static_cast<const arrow::StringArray&>(*column).GetView(row), "translation");
  }

  std::string valid(std::string_view text, std::string_view column) const {
    if (find_invalid_utf8(text)) fail(fmt::format("{} is not UTF-8", column));
    return std::string(text);
  }

  /// Which of the entries of a list with one entry per language is that of language `l`.
  std::int64_t entry_of(const arrow::ListArray& lists, std::int64_t row, std::size_t l,
                        std::string_view column) const {
    const auto range = range_of(lists, row);
    if (lists.IsNull(row) || range.size != std::ssize(languages_)) {
      fail(
          fmt::format("{} has {} entries for {} languages", column, range.size, languages_.size()));
    }
    return range.begin + static_cast<std::int64_t>(l);
  }

  void read_tokens(const arrow::RecordBatch& batch, std::int64_t row, std::size_t l,
                   ImportedText& to) {
    const auto& lists = static_cast<const arrow::ListArray&>(*batch.GetColumnByName("tokens"));
    const auto& of_language = static_cast<const arrow::ListArray&>(*lists.values());
    const auto ids = range_of(of_language, entry_of(lists, row, l, "tokens"));
    const auto& values = static_cast<const arrow::Int64Array&>(*of_language.values());
    for (auto i = ids.begin; i < ids.begin + ids.size; ++i) {
      if (values.IsNull(i) || values.Value(i) < 0 || values.Value(i) > INT32_MAX) {
        fail("tokens holds something that is no token id");
      }
      to.token_ids.push_back(static_cast<std::int32_t>(values.Value(i)));
    }
    std::size_t n_real = to.token_ids.size();
    while (n_real > 0 && to.token_ids[n_real - 1] == kPaddingId) --n_real;
    if (!choices_.count_padding) to.token_ids.resize(n_real);
    check_bos(n_real, to);
    name_tokens(batch, row, l, n_real, to);
    for (auto t = kFirstContent; t < to.token_ids.size(); ++t) {
      to.positions.push_back(static_cast<std::int32_t>(t));
    }
  }

  /// The first token never counts, so it must be the BOS that begins every text.
  void check_bos(std::size_t n_real, const ImportedText& text) {
    if (n_real == 0) fail("a text has no tokens");
    if (bos_ < 0) bos_ = text.token_ids.front();
    if (text.token_ids.front() == bos_) return;
    fail(fmt::format("a text begins with token {}, others with {}; all must begin with BOS",
                     text.token_ids.front(), bos_));
  }

  void name_tokens(const arrow::RecordBatch& batch, std::int64_t row, std::size_t l,
                   std::size_t n_real, ImportedText& to) const {
    const auto& all = static_cast<const arrow::StructArray&>(*batch.GetColumnByName("str_tokens"));
    const auto column = all.GetFieldByName(languages_[l]);
    const auto& lists = static_cast<const arrow::ListArray&>(*column);
    const auto strings = range_of(lists, row);
    if (all.IsNull(row) || strings.size < static_cast<std::int64_t>(n_real)) {
      fail(
          fmt::format("str_tokens.{} has {} tokens where tokens has {}; are the languages in the "
                      "same order?",
                      languages_[l], strings.size, n_real));
    }
    const auto& values = static_cast<const arrow::StringArray&>(*lists.values());
    for (std::size_t t = 0; t < to.token_ids.size(); ++t) {
      to.tokens.push_back(
          t < n_real
              ? valid(values.GetView(strings.begin + static_cast<std::int64_t>(t)), "str_tokens")
              : "<pad>");
    }
  }

  void read_activations(const arrow::RecordBatch& batch, std::int64_t row, std::size_t l,
                        ImportedText& to) {
    const auto& lists =
        static_cast<const arrow::ListArray&>(*batch.GetColumnByName("sae_features"));
    const auto& of_language = static_cast<const arrow::ListArray&>(*lists.values());
    const auto& of_token = static_cast<const arrow::ListArray&>(*of_language.values());
    const auto& values = static_cast<const arrow::FloatArray&>(*of_token.values());
    if (values.null_count() != 0) fail("an activation is null");
    const auto tokens = range_of(of_language, entry_of(lists, row, l, "sae_features"));
    if (tokens.size < std::ssize(to.token_ids)) {
      fail(fmt::format("sae_features has {} tokens in {} where tokens has {}", tokens.size,
                       languages_[l], to.token_ids.size()));
    }
    for (const auto position : to.positions) {
      const auto features = range_of(of_token, tokens.begin + position);
      if (n_features_ == 0) n_features_ = features.size;
      if (features.size != n_features_ || n_features_ == 0 || n_features_ > kMostFeatures) {
        fail(fmt::format("a token has {} features, others have {}", features.size, n_features_));
      }
      const auto fault = append_dense(
          {values.raw_values() + features.begin, static_cast<std::size_t>(features.size)},
          to.activations);
      if (fault) fail(*fault);
    }
  }

  std::vector<fs::path> files_;
  ImportChoices choices_;
  std::vector<std::string> languages_;
  std::int64_t n_rows_ = 0;
  std::int64_t n_features_ = 0;
  std::int32_t bos_ = -1;  ///< of the first text
  fs::path path_;          ///< of the file that is being read
  std::int64_t row_ = 0;   ///< in that file, from 1
};

std::vector<fs::path> find_files(const fs::path& path) {
  auto files = parquet_files(path);
  if (files.empty()) return {};
  const auto reader = open_parquet(files.front());
  const bool fits =
      column_index(*reader, "sae_features") >= 0 && column_index(*reader, "str_tokens") >= 0;
  return fits ? files : std::vector<fs::path>();
}

}  // namespace

const ImportFormat import_format::gomez2024 = {
    .name = "gomez2024",
    .accepted = "the dataset of Gómez 2024 (.parquet files with sae_features and str_tokens)",
    .has_padding = true,
    .find_files = &find_files,
    .open = [](const fs::path&, std::span<const fs::path> files,
               const ImportChoices& choices) -> std::unique_ptr<ActivationReader> {
      return std::make_unique<Gomez2024Reader>(files, choices);
    },
};

}  // namespace isogloss

#include "isogloss/results/scores_file.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>
#include <type_traits>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/parquet.h"
#include "isogloss/results/scores_csv.h"
#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

constexpr const char* kRowsKey = "isogloss.n_sentences";
constexpr const char* kBetaKey = "isogloss.beta";
constexpr const char* kBetaTextKey = "isogloss.beta_text";
constexpr const char* kStrataKey = "isogloss.effective_strata";
constexpr const char* kIntervalsKey = "isogloss.intervals_over";

/// Arrow's type for each element type of a ScoreTable; an optional one is a column with nulls.
template <class T>
struct ArrowOf;
template <>
struct ArrowOf<std::uint8_t> : std::type_identity<arrow::BooleanType> {};
template <>
struct ArrowOf<std::int32_t> : std::type_identity<arrow::Int32Type> {};
template <>
struct ArrowOf<float> : std::type_identity<arrow::FloatType> {};
template <>
struct ArrowOf<double> : std::type_identity<arrow::DoubleType> {};
template <>
struct ArrowOf<std::string> : std::type_identity<arrow::StringType> {};
template <class T>
struct ArrowOf<std::optional<T>> : ArrowOf<T> {};

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
std::shared_ptr<arrow::Array> array_of(const std::vector<T>& column,
                                       const std::filesystem::path& path) {
  typename arrow::TypeTraits<typename ArrowOf<T>::type>::BuilderType builder;
  check_arrow(builder.Reserve(static_cast<std::int64_t>(column.size())), path, "write");
  for (const auto& value : column) {
    if constexpr (kIsOptional<T>) {
      value ? builder.UnsafeAppend(*value) : builder.UnsafeAppendNull();
    } else if constexpr (std::is_same_v<T, std::string>) {
      check_arrow(builder.Append(value), path, "write");
    } else {
      builder.UnsafeAppend(value);
    }
  }
  return take_arrow(builder.Finish(), path, "write");
}

template <class T>
std::vector<T> column_of(const arrow::Table& table, const std::string& name,
                         const std::filesystem::path& path) {
  using Array = typename arrow::TypeTraits<typename ArrowOf<T>::type>::ArrayType;
  std::vector<T> column(static_cast<std::size_t>(table.num_rows()));
  std::size_t row = 0;
  for (const auto& chunk : table.GetColumnByName(name)->chunks()) {
    const auto& array = static_cast<const Array&>(*chunk);
    for (std::int64_t i = 0; i < array.length(); ++i, ++row) {
      if (!array.IsNull(i)) {
        column[row] = T(array.GetView(i));
      } else if constexpr (!kIsOptional<T>) {
        throw Error(ErrorCode::kBadInput,
                    fmt::format("{}: column {} is null in row {}; score the folder again",
                                path.string(), name, row));
      }
    }
  }
  return column;
}

arrow::FieldVector fields_of(const ScoreTable& table) {
  arrow::FieldVector fields = {arrow::field("feature", arrow::int32())};
  visit_score_columns(table, [&]<class T>(const std::string& name, const std::vector<T>&) {
    fields.push_back(
        arrow::field(name, arrow::TypeTraits<typename ArrowOf<T>::type>::type_singleton()));
  });
  return fields;
}

template <class T>
T metadata_number(const arrow::KeyValueMetadata& metadata, const char* key,
                  const std::filesystem::path& path) {
  const auto text = metadata.Get(key).ValueOr("");
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: the schema's metadata has no number {}; score the folder again",
                            path.string(), key));
  }
  return value;
}

/// The languages, in order, from the names of their columns.
std::vector<std::string> languages_of(const arrow::Schema& schema) {
  const std::string prefix(kActiveColumn.name);
  std::vector<std::string> languages;
  for (const auto& name : schema.field_names()) {
    if (name.starts_with(prefix)) languages.push_back(name.substr(prefix.size()));
  }
  return languages;
}

/// Gives the table the artefacts and measures whose columns are there, empty.
void find_optional_columns(const arrow::Schema& schema, ScoreTable& table) {
  if (schema.GetFieldIndex(std::string(flags().front()->name)) >= 0) {
    table.artefacts.emplace();
    table.artefacts->top_token.resize(table.languages.size());
    table.artefacts->top_token_share_of.resize(table.languages.size());
  }
  for (const auto* measure : measures()) {
    for (auto& name : measure_columns(*measure, table.languages)) {
      if (schema.GetFieldIndex(name) >= 0) table.measures.push_back({std::move(name), {}});
    }
  }
}

void check_features_ascend(const arrow::Table& rows, const std::filesystem::path& path) {
  const auto features = column_of<std::int32_t>(rows, "feature", path);
  for (std::size_t row = 0; row < features.size(); ++row) {
    if (features[row] == static_cast<std::int32_t>(row)) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: row {} is of feature {}, but rows go by feature from 0; score the "
                            "folder again",
                            path.string(), row, features[row]));
  }
}

}  // namespace

void write_scores(const ResultFolder& folder, const ScoreTable& table) {
  auto csv = std::async(std::launch::async,
                        [&] { write_file_atomically(folder.scores_csv(), scores_csv(table)); });
  const auto path = folder.scores_parquet();
  std::vector<std::int32_t> features(table.alive.size());
  for (std::size_t f = 0; f < features.size(); ++f) features[f] = static_cast<std::int32_t>(f);
  arrow::ArrayVector arrays = {array_of(features, path)};
  visit_score_columns(table, [&](const std::string&, const auto& column) {
    arrays.push_back(array_of(column, path));
  });
  const auto metadata =
      arrow::key_value_metadata({{kRowsKey, fmt::format("{}", table.n_rows)},
                                 {kBetaKey, fmt::format("{}", table.beta)},
                                 {kBetaTextKey, fmt::format("{}", table.beta_text)},
                                 {kStrataKey, fmt::format("{}", table.effective_strata)},
                                 {kIntervalsKey, intervals_over(table)}});
  const auto schema = arrow::schema(fields_of(table), metadata);
  ParquetWriter writer(path, schema);
  writer.append(*arrow::Table::Make(schema, arrays, table.n_features()));
  writer.finish();
  csv.get();
}

ScoreTable read_scores(const ResultFolder& folder) {
  const auto path = folder.scores_parquet();
  std::shared_ptr<arrow::Schema> found;
  check_arrow(open_parquet(path)->GetSchema(&found), path, "read the schema");
  ScoreTable table;
  table.languages = languages_of(*found);
  table.active.resize(table.languages.size());
  table.max.resize(table.languages.size());
  find_optional_columns(*found, table);
  auto reader = open_parquet(path, arrow::Schema(fields_of(table)));
  if (found->metadata() == nullptr || table.languages.size() < 2) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: not the scores of an isogloss run (no metadata, or fewer than two "
                            "active_<language> columns); score the folder again",
                            path.string()));
  }
  table.n_rows = metadata_number<std::int32_t>(*found->metadata(), kRowsKey, path);
  table.beta = metadata_number<double>(*found->metadata(), kBetaKey, path);
  table.beta_text = metadata_number<double>(*found->metadata(), kBetaTextKey, path);
  table.effective_strata = metadata_number<double>(*found->metadata(), kStrataKey, path);
  table.intervals_by_document = found->metadata()->Get(kIntervalsKey).ValueOr("") == "documents";

  const auto rows = take_arrow(reader->ReadTable(), path, "read");
  check_features_ascend(*rows, path);
  visit_score_columns(table, [&]<class T>(const std::string& name, std::vector<T>& column) {
    column = column_of<T>(*rows, name, path);
  });
  return table;
}

}  // namespace isogloss

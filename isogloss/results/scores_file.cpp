#include "isogloss/results/scores_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/parquet_columns.h"
#include "isogloss/results/scores_csv.h"
#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

constexpr const char* kRowsKey = "isogloss.n_sentences";
constexpr const char* kBetaKey = "isogloss.beta";
constexpr const char* kBetaTextKey = "isogloss.beta_text";
constexpr const char* kStrataKey = "isogloss.effective_strata";
constexpr const char* kIntervalsKey = "isogloss.intervals_over";

arrow::FieldVector fields_of(const ScoreTable& table) {
  arrow::FieldVector fields = {arrow::field("feature", arrow::int32())};
  visit_score_columns(table, [&]<class T>(const std::string& name, const std::vector<T>&) {
    fields.push_back(field_of<T>(name));
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

/// Adds empty artefacts and measures to the table for the columns that the file has.
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

void check_features_ascend(const TableColumns& columns) {
  columns.for_each<std::int32_t>("feature", [&](std::size_t row, std::int32_t feature) {
    if (feature == static_cast<std::int32_t>(row)) return;
    columns.fail(
        fmt::format("row {} is of feature {}, but rows go by feature from 0", row, feature));
  });
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

  auto rows = take_arrow(reader->ReadTable(), path, "read");
  rows = take_arrow(rows->CombineChunks(), path, "read");
  if (rows->num_rows() == 0) return table;
  const TableColumns columns(*rows, path, "score the folder again");
  check_features_ascend(columns);
  visit_score_columns(table, [&]<class T>(const std::string& name, std::vector<T>& column) {
    column = columns.vector<T>(name);
  });
  return table;
}

}  // namespace isogloss

#include "isogloss/results/explanations_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "isogloss/core/json_depth.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/parquet_columns.h"

namespace isogloss {
namespace {

constexpr const char* kAboutKey = "isogloss.explanations";
constexpr const char* kFeature = "feature";
constexpr const char* kDescription = "description";
constexpr const char* kMethod = "method";
constexpr const char* kModel = "model";

arrow::FieldVector fields() {
  return {field_of<std::int32_t>(kFeature), field_of<std::string>(kDescription),
          field_of<std::string>(kMethod), field_of<std::string>(kModel)};
}

std::string about_text(const Explanations& explanations) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& [name, sha256] : explanations.files) {
    files.push_back({{"name", name}, {"sha256", sha256}});
  }
  return json_text(
      nlohmann::ordered_json{{"source", explanations.source}, {"files", std::move(files)}});
}

void read_about(const arrow::Schema& schema, const TableColumns& columns,
                Explanations& explanations) {
  const auto text = schema.metadata() ? schema.metadata()->Get(kAboutKey).ValueOr("") : "";
  try {
    const auto about = nlohmann::json::parse(nests_too_deep(text) ? "" : text);
    explanations.source = about.at("source").get<std::string>();
    for (const auto& file : about.at("files")) {
      explanations.files.push_back(
          {file.at("name").get<std::string>(), file.at("sha256").get<std::string>()});
    }
  } catch (const nlohmann::json::exception&) {
    columns.fail(std::string("the schema's metadata does not say under ") + kAboutKey +
                 " where they come from");
  }
}

}  // namespace

std::span<const Explanation> Explanations::of(std::int32_t feature) const {
  return {std::ranges::lower_bound(rows, feature, {}, &Explanation::feature),
          std::ranges::upper_bound(rows, feature, {}, &Explanation::feature)};
}

void write_explanations(const ResultFolder& folder, const Explanations& explanations) {
  const auto path = folder.explanations();
  const auto schema =
      arrow::schema(fields(), arrow::key_value_metadata({{kAboutKey, about_text(explanations)}}));
  const std::span rows(explanations.rows);
  const arrow::ArrayVector arrays = {
      array_of(rows, &Explanation::feature, path), array_of(rows, &Explanation::description, path),
      array_of(rows, &Explanation::method, path), array_of(rows, &Explanation::model, path)};
  ParquetWriter writer(path, schema);
  writer.append(*arrow::Table::Make(schema, arrays, std::ssize(rows)));
  writer.finish();
}

Explanations read_explanations(const ResultFolder& folder) {
  const auto path = folder.explanations();
  if (!std::filesystem::exists(path)) return {};
  const auto reader = open_parquet(path, *arrow::schema(fields()));
  auto table = take_arrow(reader->ReadTable(), path, "read");
  table = take_arrow(table->CombineChunks(), path, "read");
  const TableColumns columns(*table, path, "import them again with isogloss explain");
  Explanations explanations;
  read_about(*table->schema(), columns, explanations);
  if (table->num_rows() == 0) return explanations;
  explanations.rows.resize(columns.n_rows());
  const auto read_texts = [&](const char* name, std::string Explanation::*member) {
    columns.for_each<std::string>(name, [&](std::size_t row, std::string_view text) {
      explanations.rows[row].*member = text;
    });
  };
  columns.for_each<std::int32_t>(kFeature, [&](std::size_t row, std::int32_t feature) {
    explanations.rows[row].feature = feature;
    if (feature < 0 || (row > 0 && feature < explanations.rows[row - 1].feature)) {
      columns.fail(fmt::format("rows do not go by feature from row {} on", row));
    }
  });
  read_texts(kDescription, &Explanation::description);
  read_texts(kMethod, &Explanation::method);
  read_texts(kModel, &Explanation::model);
  return explanations;
}

}  // namespace isogloss

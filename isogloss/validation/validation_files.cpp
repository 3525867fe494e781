#include "isogloss/validation/validation_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "isogloss/core/file.h"
#include "isogloss/core/parquet_columns.h"
#include "isogloss/core/version.h"
#include "isogloss/page/page_template.h"
#include "isogloss/page/script_json.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

// An absent number and an empty text are null in both files.
std::optional<std::string> value_or_null(const std::string& word) {
  return word.empty() ? std::nullopt : std::optional(word);
}
std::optional<double> value_or_null(const std::optional<double>& number) { return number; }
std::optional<double> value_or_null(double number) { return number; }
std::optional<std::int32_t> value_or_null(std::int32_t number) { return number; }

void write_parquet(const std::filesystem::path& path, std::span<const Finding> findings) {
  arrow::ArrayVector arrays;
  arrow::FieldVector fields;
  visit_finding_columns([&](const char* name, auto member) {
    using Value = decltype(value_or_null(Finding{}.*member));
    arrays.push_back(array_of<Value>(
        findings.size(), [&](std::size_t row) { return value_or_null(findings[row].*member); },
        path));
    fields.push_back(field_of<Value>(name));
  });
  const auto schema = arrow::schema(fields);
  ParquetWriter writer(path, schema);
  writer.append(*arrow::Table::Make(schema, arrays, std::ssize(findings)));
  writer.finish();
}

/// {"section": […], "quantity": […], …}
Json columns_of(std::span<const Finding> findings) {
  Json columns = Json::object();
  visit_finding_columns([&](const char* name, auto member) {
    Json column = Json::array();
    for (const auto& finding : findings) {
      const auto value = value_or_null(finding.*member);
      column.push_back(value ? Json(*value) : Json(nullptr));
    }
    columns[name] = std::move(column);
  });
  return columns;
}

Json run_of(const ValidationRun& run) {
  const std::filesystem::path model = run.manifest.inputs.model.path;
  const std::filesystem::path corpus = run.manifest.inputs.corpus_path;
  const auto n_alive = std::count(run.table.alive.begin(), run.table.alive.end(), 1);
  return {{"name", run.name},
          {"model",
           run.manifest.model_name.empty() ? model.filename().string() : run.manifest.model_name},
          {"sae", run.manifest.inputs.sae_path},
          {"hook", run.manifest.inputs.hook},
          {"corpus", corpus.filename().string()},
          {"languages", run.manifest.inputs.languages},
          {"sentences", run.observed.maxima.n_rows()},
          {"features", run.manifest.n_features},
          {"alive", n_alive}};
}

/// The data that web/validation-*.js draws.
Json page_of(std::span<const ValidationRun> runs, const ValidationOptions& options,
             std::span<const Finding> findings) {
  Json list = Json::array();
  for (const auto& run : runs) list.push_back(run_of(run));
  Json chance_is_zero = Json::array();
  for (const auto& score : runs.front().scores) {
    if (score.chance_is_zero) chance_is_zero.push_back(score.name);
  }
  return {{"version", version()},
          {"seed", options.seed},
          {"permutations", options.n_permutations},
          {"halves", options.n_halves},
          {"subsets", options.n_subsets},
          {"draws", options.n_draws},
          {"planted", options.n_planted},
          {"runs", list},
          {"chance_is_zero", chance_is_zero},
          {"findings", columns_of(findings)}};
}

}  // namespace

void write_validation(const ValidationFolder& folder, std::span<const ValidationRun> runs,
                      const ValidationOptions& options, std::span<const Finding> findings) {
  std::filesystem::create_directories(folder.root);
  write_parquet(folder.parquet(), findings);
  const auto data = script_safe(page_of(runs, options, findings));
  write_file_atomically(folder.page(), validation_template().filled(data));
}

}  // namespace isogloss

#include "isogloss/validation/validation_files.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "isogloss/core/file.h"
#include "isogloss/core/parquet.h"
#include "isogloss/core/version.h"
#include "isogloss/page/page_template.h"
#include "isogloss/page/script_json.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

// An absent number and an empty word are nulls in both files.
bool is_null(const std::string& word) { return word.empty(); }
bool is_null(const std::optional<double>& number) { return !number; }
bool is_null(double) { return false; }
bool is_null(std::int32_t) { return false; }

double number_of(const std::optional<double>& number) { return *number; }
const auto& number_of(const auto& value) { return value; }

template <class T>
struct BuilderOf;
template <>
struct BuilderOf<std::string> : std::type_identity<arrow::StringBuilder> {};
template <>
struct BuilderOf<std::int32_t> : std::type_identity<arrow::Int32Builder> {};
template <>
struct BuilderOf<double> : std::type_identity<arrow::DoubleBuilder> {};
template <>
struct BuilderOf<std::optional<double>> : BuilderOf<double> {};

template <class T>
std::shared_ptr<arrow::Array> array_of(std::span<const Finding> findings, T Finding::*member,
                                       const std::filesystem::path& path) {
  typename BuilderOf<T>::type builder;
  for (const auto& finding : findings) {
    const T& value = finding.*member;
    check_arrow(is_null(value) ? builder.AppendNull() : builder.Append(number_of(value)), path,
                "write");
  }
  return take_arrow(builder.Finish(), path, "write");
}

void write_parquet(const std::filesystem::path& path, std::span<const Finding> findings) {
  arrow::ArrayVector arrays;
  arrow::FieldVector fields;
  visit_finding_columns([&](const char* name, auto member) {
    arrays.push_back(array_of(findings, member, path));
    fields.push_back(arrow::field(name, arrays.back()->type()));
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
      const auto& value = finding.*member;
      column.push_back(is_null(value) ? Json(nullptr) : Json(number_of(value)));
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

/// What web/validation-*.js draws.
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
          {"re_pairings", options.n_permutations},
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

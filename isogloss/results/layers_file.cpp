#include "isogloss/results/layers_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/parquet_columns.h"
#include "isogloss/results/layers_json.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kShared = 0.3;
constexpr double kWellShared = 0.5;
constexpr double kFalseDiscoveries = 0.05;

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Calls visit(row) for every feature that fires in every language.
template <class Visit>
void visit_live(const ScoreTable& scores, const Visit& visit) {
  for (std::size_t f = 0; f < scores.alive.size(); ++f) {
    if (scores.alive[f] != 0) visit(f);
  }
}

std::int32_t count_alive(const ScoreTable& scores) {
  std::int32_t count = 0;
  visit_live(scores, [&](std::size_t) { ++count; });
  return count;
}

std::int32_t count_dead(const ScoreTable& scores) {
  std::int32_t count = 0;
  for (const auto n_languages : scores.n_languages_active) count += n_languages == 0 ? 1 : 0;
  return count;
}

/// The mean over the live features that have a value.
std::optional<double> mean_of_live(const ScoreTable& scores, const OptionalColumn& column) {
  double sum = 0;
  std::int64_t count = 0;
  visit_live(scores, [&](std::size_t f) {
    if (!column[f]) return;
    sum += *column[f];
    ++count;
  });
  return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
}

std::int32_t count_above(const std::vector<double>& scores, double limit) {
  return static_cast<std::int32_t>(
      std::ranges::count_if(scores, [&](double score) { return score > limit; }));
}

/// The share of live features found at kFalseDiscoveries; nullopt if none was tested.
std::optional<double> share_found(const ScoreTable& scores, const OptionalColumn& q) {
  std::int32_t n_live = 0;
  std::int32_t n_tested = 0;
  std::int32_t n_found = 0;
  visit_live(scores, [&](std::size_t f) {
    ++n_live;
    n_tested += q[f] ? 1 : 0;
    n_found += q[f] && *q[f] < kFalseDiscoveries ? 1 : 0;
  });
  if (n_tested == 0) return std::nullopt;
  return static_cast<double>(n_found) / n_live;
}

std::optional<double> self_check_value(const ScoredLayer& layer, double SelfCheck::*member) {
  const auto& check = layer.manifest.self_check;
  return check ? finite((*check).*member) : std::nullopt;
}

Json json_of(const LayerValue& value) {
  return std::visit(
      [](const auto& v) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::optional<double>>) {
          return v ? Json(*v) : Json(nullptr);
        } else {
          return v;
        }
      },
      value);
}

void write_parquet(const std::filesystem::path& path, std::span<const LayerRow> rows) {
  arrow::ArrayVector arrays;
  arrow::FieldVector fields;
  for (std::size_t c = 0; c < layer_columns().size(); ++c) {
    // All values of a column have the same type.
    std::visit(
        [&]<class T>(const T&) {
          const auto value = [&](std::size_t row) -> const T& { return std::get<T>(rows[row][c]); };
          arrays.push_back(array_of<T>(rows.size(), value, path));
          fields.push_back(field_of<T>(layer_columns()[c].name));
        },
        rows.front()[c]);
  }
  const auto schema = arrow::schema(fields);
  ParquetWriter writer(path, schema);
  writer.append(*arrow::Table::Make(schema, arrays, std::ssize(rows)));
  writer.finish();
}

}  // namespace

const std::vector<LayerColumn>& layer_columns() {
  using Layer = ScoredLayer;
  static const std::vector<LayerColumn> columns = {
      {"folder", "Results", "", false,
       [](const Layer& l) { return l.folder.root.filename().string(); }},
      {"layer", "Layer", "layer", false, [](const Layer& l) { return l.layer; }},
      {"hook", "Hook", "", false, [](const Layer& l) { return l.manifest.inputs.hook; }},
      {"sae", "Sparse autoencoder", "SAE", false,
       [](const Layer& l) { return l.manifest.inputs.sae_path; }},
      {"n_features", "Features", "features", false,
       [](const Layer& l) { return l.manifest.n_features; }},
      {"alive", "Live features", "live", true,
       [](const Layer& l) { return count_alive(l.scores); }},
      {"dead", "Dead features", "dead", false, [](const Layer& l) { return count_dead(l.scores); }},
      {"l0", "L0", "L0", true, [](const Layer& l) { return self_check_value(l, &SelfCheck::l0); }},
      {"fvu", "Unexplained variance", "FVU", true,
       [](const Layer& l) { return self_check_value(l, &SelfCheck::fvu); }},
      {"mean_agreement_stratified_raw", "Mean κ", "mean κ", true,
       [](const Layer& l) { return mean_of_live(l.scores, l.scores.agreement_stratified_raw); }},
      {"n_agreement_stratified_over_30", "Features with a score over .3", "> .3", true,
       [](const Layer& l) { return count_above(l.scores.agreement_stratified, kShared); }},
      {"n_agreement_stratified_over_50", "Features with a score over .5", "> .5", true,
       [](const Layer& l) { return count_above(l.scores.agreement_stratified, kWellShared); }},
      {"share_q_agreement_under_5", "Share of live features that agree (q < .05)", "q < .05", true,
       [](const Layer& l) { return share_found(l.scores, l.scores.q_agreement); }},
      {"mean_agreement_raw", "Mean plain κ", "", false,
       [](const Layer& l) { return mean_of_live(l.scores, l.scores.agreement_raw); }},
      {"n_agreement_over_30", "Features with a plain score over .3", "", false,
       [](const Layer& l) { return count_above(l.scores.agreement, kShared); }},
      {"n_agreement_over_50", "Features with a plain score over .5", "", false,
       [](const Layer& l) { return count_above(l.scores.agreement, kWellShared); }},
      {"share_q_cofire_under_5", "Share of live features that fire together (q < .05)", "", false,
       [](const Layer& l) { return share_found(l.scores, l.scores.q_cofire); }},
  };
  return columns;
}

LayerRow layer_row(const ScoredLayer& layer) {
  LayerRow row;
  for (const auto& column : layer_columns()) row.push_back(column.value(layer));
  return row;
}

Json layer_rows_json(std::span<const LayerRow> rows) {
  Json list = Json::array();
  for (const auto& row : rows) {
    Json object = Json::object();
    for (std::size_t c = 0; c < row.size(); ++c) {
      object[layer_columns()[c].name] = json_of(row[c]);
    }
    list.push_back(object);
  }
  return list;
}

void write_layers_files(const LayersFolder& parent, std::span<const LayerRow> rows) {
  write_parquet(parent.parquet(), rows);
  write_file_atomically(parent.json(), json_text(layer_rows_json(rows), 2) + "\n");
}

}  // namespace isogloss

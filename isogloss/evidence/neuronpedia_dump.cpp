#include "isogloss/evidence/neuronpedia_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/python_json.h"
#include "isogloss/corpus/json_records.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json parse_row(std::string_view bytes, const JsonRecords& records) {
  auto row = json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (row.is_discarded()) row = json::parse(without_nan_words(bytes), nullptr, false);
  if (!row.is_object()) {
    records.fail("is no JSON object; a dump of explanations has one a line");
  }
  return row;
}

/// A member that is a text; empty where it is null or missing.
std::string text_of(const json& row, const char* name, const JsonRecords& records) {
  const auto found = row.find(name);
  if (found == row.end() || found->is_null()) return {};
  if (!found->is_string()) records.fail(fmt::format("\"{}\" must be a text", name));
  return found->get<std::string>();
}

/// Neuronpedia writes the feature's number as a text.
std::int32_t feature_of(const json& row, std::int32_t n_features, const JsonRecords& records) {
  const auto found = row.find("index");
  if (found == row.end()) records.fail("has no \"index\": this is no dump of explanations");
  const auto text = found->is_string()   ? found->get<std::string>()
                    : found->is_number() ? found->dump()
                                         : std::string(found->type_name());
  std::int32_t feature = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), feature);
  if (error != std::errc() || end != text.data() + text.size() || feature < 0 ||
      feature >= n_features) {
    records.fail(
        fmt::format("explains feature {}, but the run's SAE has features 0 to {}; give "
                    "the explanations of that SAE",
                    text, n_features - 1));
  }
  return feature;
}

void check_source(const json& row, const NeuronpediaSource& wanted, const JsonRecords& records) {
  const NeuronpediaSource found = {text_of(row, "modelId", records),
                                   text_of(row, "layer", records)};
  if (found.id() == wanted.id()) return;
  if (found.model.empty() || found.layer.empty()) {
    records.fail("has no \"modelId\" and \"layer\": this is no dump of explanations");
  }
  records.fail(
      fmt::format("explains a feature of {}, but the run's SAE is {}; give the dump of "
                  "that SAE, or --neuronpedia if it has another name there",
                  found.id(), wanted.id()));
}

bool is_dump(const fs::path& path) {
  return without_compression(path.filename().string()).ends_with(".jsonl");
}

/// The files that `path` stands for, by name.
std::vector<fs::path> dump_files(fs::path path) {
  if (!fs::exists(path)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such file or folder; give a dump of explanations from "
                            "Neuronpedia (batch-0.jsonl.gz), or a folder of them",
                            path.string()));
  }
  if (!fs::is_directory(path)) return {path};
  if (fs::is_directory(path / "explanations")) path /= "explanations";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (is_dump(entry.path())) files.push_back(entry.path());
  }
  if (files.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds no .jsonl or .jsonl.gz file; give the folder of a dump of "
                            "explanations",
                            path.string()));
  }
  std::ranges::sort(files);
  return files;
}

/// Orders by feature and drops rows that were there before; the others keep their order.
void put_in_order(std::vector<Explanation>& rows) {
  std::ranges::stable_sort(rows, {}, &Explanation::feature);
  std::set<std::tuple<std::int32_t, std::string, std::string, std::string>> seen;
  std::erase_if(rows, [&](const Explanation& row) {
    return !seen.emplace(row.feature, row.description, row.method, row.model).second;
  });
}

}  // namespace

void append_explanations(std::string_view text, std::string_view name,
                         const NeuronpediaSource& source, std::int32_t n_features,
                         std::vector<Explanation>& rows) {
  JsonRecords records(text, name);
  while (const auto record = records.next()) {
    const auto row = parse_row(*record, records);
    check_source(row, source, records);
    const auto feature = feature_of(row, n_features, records);
    if (!row.contains("description")) {
      records.fail("has no \"description\"; give the dump's explanations/, not its features/");
    }
    const auto description = text_of(row, "description", records);
    const auto trimmed = trim_white_space(description);
    if (trimmed.empty()) continue;
    rows.push_back({feature, std::string(trimmed), text_of(row, "typeName", records),
                    text_of(row, "explanationModelName", records)});
  }
}

Explanations read_explanation_dumps(std::span<const fs::path> paths,
                                    const NeuronpediaSource& source, std::int32_t n_features,
                                    const RunControl& control) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    for (auto& file : dump_files(path)) files.push_back(std::move(file));
  }
  Explanations explanations;
  explanations.source = source.id();
  for (std::size_t i = 0; i < files.size(); ++i) {
    control.throw_if_stopped();
    control.report({"explain", "files", static_cast<std::int64_t>(i), std::ssize(files)});
    append_explanations(TextFile(files[i]).text(), files[i].string(), source, n_features,
                        explanations.rows);
    explanations.files.push_back({files[i].filename().string(), sha256_of_file(files[i])});
  }
  put_in_order(explanations.rows);
  if (explanations.rows.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds no explanation; give a dump's explanations/batch-N.jsonl.gz",
                            paths.front().string()));
  }
  return explanations;
}

}  // namespace isogloss

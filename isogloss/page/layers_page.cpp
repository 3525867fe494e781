#include "isogloss/page/layers_page.h"

#include <filesystem>

#include "isogloss/core/file.h"
#include "isogloss/page/page_template.h"
#include "isogloss/page/script_json.h"
#include "isogloss/results/layers_json.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

/// The data that web/layers-*.js draws.
Json layers_page_json(const Manifest& manifest, std::span<const LayerRow> rows) {
  const std::filesystem::path model = manifest.inputs.model.path;
  const std::filesystem::path corpus = manifest.inputs.corpus_path;
  Json columns = Json::array();
  for (const auto& column : layer_columns()) {
    columns.push_back({{"name", column.name}, {"title", column.title}, {"drawn", column.drawn}});
  }
  return {{"model", manifest.model_name.empty() ? model.filename().string() : manifest.model_name},
          {"corpus", corpus.filename().string()},
          {"languages", manifest.inputs.languages},
          {"sentences", manifest.n_sentences},
          {"version", manifest.inputs.isogloss_version},
          {"columns", columns},
          {"rows", layer_rows_json(rows)}};
}

}  // namespace

void write_layers_page(const LayersFolder& parent, const Manifest& manifest,
                       std::span<const LayerRow> rows) {
  write_file_atomically(parent.page(),
                        layers_template().filled(script_safe(layers_page_json(manifest, rows))));
}

}  // namespace isogloss

// Neuronpedia's rows of activations, as its dumps hold them (activations/batch-N.jsonl.gz): one
// JSON object a line, for a sentence that fires a feature.
#include <arrow/util/compression.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/parquet.h"
#include "isogloss/evidence/neuronpedia.h"
#include "isogloss/exports/format.h"
#include "isogloss/exports/neuronpedia_features.h"
#include "isogloss/exports/token_values.h"
#include "isogloss/results/scores_file.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

/// With as few digits as give the float back.
double shortest(float value) { return std::strtod(fmt::format("{}", value).c_str(), nullptr); }

std::string row_text(const TokenValues& sentence, const Manifest& manifest,
                     const NeuronpediaSource& source) {
  const auto& language = manifest.inputs.languages[static_cast<std::size_t>(sentence.language)];
  const auto [least, most] = std::ranges::minmax_element(sentence.values);
  Json values = Json::array();
  for (const auto value : sentence.values) values.push_back(shortest(value));
  const Json row = {
      {"id", fmt::format("isogloss-{}-{}-{}-{}-{}", source.model, source.layer, sentence.feature,
                         sentence.sample, language)},
      {"modelId", source.model},
      {"layer", source.layer},
      {"index", fmt::format("{}", sentence.feature)},
      {"tokens", sentence.tokens},
      {"values", std::move(values)},
      {"maxValue", shortest(*most)},
      {"maxValueTokenIndex", most - sentence.values.begin()},
      {"minValue", shortest(*least)},
      {"dataSource", std::filesystem::path(manifest.inputs.corpus_path).filename().string()},
      {"dataIndex", fmt::format("{}:{}", sentence.sample, language)}};
  return json_text(row) + "\n";
}

std::string gzip(const std::string& text, const std::filesystem::path& path) {
  const auto codec =
      take_arrow(arrow::util::Codec::Create(arrow::Compression::GZIP), path, "compress");
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  std::string packed(static_cast<std::size_t>(codec->MaxCompressedLen(size, bytes)), '\0');
  const auto length = take_arrow(codec->Compress(size, bytes, std::ssize(packed),
                                                 reinterpret_cast<std::uint8_t*>(packed.data())),
                                 path, "compress");
  packed.resize(static_cast<std::size_t>(length));
  return packed;
}

void write(const ResultFolder& folder, const ExportOptions& options, const RunControl& control) {
  const auto manifest = require_scored(folder);
  const auto source = neuronpedia_source(manifest, options.neuronpedia_id);
  const auto features = exported_features(read_scores(folder), options);
  const auto maxima = read_maxima_of(folder, features, manifest.inputs.languages);
  std::string rows;
  for (const auto& sentence :
       strongest_sentences(folder, maxima, features, options.n_sentences, control)) {
    rows += row_text(sentence, manifest, source);
  }
  write_file_atomically(options.output, gzip(rows, options.output));
}

}  // namespace

const ExportFormat export_format::neuronpedia_activations = {
    .name = "neuronpedia-activations",
    .gives = "their strongest sentences, a row each (.jsonl.gz)",
    .chooses_features = true,
    .has_sentences = true,
    .write = &write,
};

}  // namespace isogloss

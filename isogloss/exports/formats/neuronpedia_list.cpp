// Neuronpedia's lists of features, as its API takes a new one (/api/list/new-with-features):
// {name, description, testText, features: [{modelId, layer, index, description}]}.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"
#include "isogloss/evidence/feature_view.h"
#include "isogloss/evidence/neuronpedia.h"
#include "isogloss/exports/format.h"
#include "isogloss/exports/neuronpedia_features.h"
#include "isogloss/results/scores_file.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNamedLanguages = 10;
constexpr std::size_t kTestLanguages = 2;

std::string languages_text(const std::vector<std::string>& languages) {
  if (languages.size() > kNamedLanguages) return fmt::format("{} languages", languages.size());
  return fmt::format("{}", fmt::join(languages, ", "));
}

std::string feature_description(const FeatureView& view) {
  const auto& scores = view.scores;
  auto text = fmt::format("agreement {:.3f} (rank {}); fires together in {} of {} sentences",
                          scores.agreement_stratified.front(), scores.rank.front(),
                          scores.cofire.front(), scores.n_rows);
  if (!scores.artefacts) return text;
  for (const auto* flag : flags()) {
    if (scores.artefacts->has(*flag, 0)) text += fmt::format("; {}", flag->word);
  }
  return text;
}

/// The strongest sentence of the best feature: Neuronpedia shows what every feature does on it.
std::string test_text(const FeatureView& best) {
  std::string text;
  const auto& sentences = best.samples.front().by_language;
  for (std::size_t l = 0; l < std::min(kTestLanguages, sentences.size()); ++l) {
    text += fmt::format("{}{}", l == 0 ? "" : "\n", sentences[l].text);
  }
  return text;
}

void write(const ResultFolder& folder, const ExportOptions& options, const RunControl&) {
  const auto manifest = require_scored(folder);
  const auto [model, layer] = neuronpedia_source(manifest, options.neuronpedia_id);
  const auto table = read_scores(folder);
  const auto views =
      view_features(folder, manifest, table, exported_features(table, options), /*n_samples=*/1);
  const auto languages = languages_text(manifest.inputs.languages);
  Json list = {{"name", fmt::format("{}: {}", languages, layer)},
               {"description",
                fmt::format("Features that fire on the same sentences in {}, out of {} sentences; "
                            "ranked by isogloss {}.",
                            languages, manifest.n_sentences, manifest.inputs.isogloss_version)}};
  list["testText"] = test_text(views.front());
  list["features"] = Json::array();
  for (const auto& view : views) {
    list["features"].push_back({{"modelId", model},
                                {"layer", layer},
                                {"index", view.feature},
                                {"description", feature_description(view)}});
  }
  write_file_atomically(options.output, json_text(list, 2) + "\n");
}

}  // namespace

const ExportFormat export_format::neuronpedia_list = {
    .name = "neuronpedia-list",
    .gives = "a list of the best features for Neuronpedia's API (JSON)",
    .chooses_features = true,
    .has_sentences = false,
    .write = &write,
};

}  // namespace isogloss

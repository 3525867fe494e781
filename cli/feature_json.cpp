#include "cli/feature_json.h"

#include <nlohmann/json.hpp>

#include "isogloss/score/score_columns.h"

namespace isogloss::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json value_json(const T& value) {
  return value;
}
Json value_json(std::uint8_t value) { return value != 0; }
template <class T>
Json value_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// [token, share] each.
Json peaks_json(const std::vector<ViewedPeak>& peaks) {
  Json list = Json::array();
  for (const auto& peak : peaks) list.push_back(Json::array({peak.token, peak.share}));
  return list;
}

/// [token, effect] each.
Json tokens_json(const std::vector<TokenEffect>& tokens) {
  Json list = Json::array();
  for (const auto& token : tokens) list.push_back(Json::array({token.piece, token.effect}));
  return list;
}

Json sample_json(const ViewedSample& sample, const std::vector<std::string>& languages) {
  Json json = {{"sample", sample.sample}, {"source", sample.source}};
  for (std::size_t l = 0; l < languages.size(); ++l) {
    const auto& sentence = sample.by_language[l];
    Json tokens = Json::array();
    for (const auto& segment : sentence.segments) {
      tokens.push_back(Json::array({segment.text, segment.value}));
    }
    json[languages[l]] = {{"text", sentence.text}, {"max", sentence.max}, {"tokens", tokens}};
  }
  return json;
}

Json explanations_json(const std::vector<Explanation>& explanations) {
  Json list = Json::array();
  for (const auto& [feature, description, method, model] : explanations) {
    list.push_back({{"description", description}, {"method", method}, {"model", model}});
  }
  return list;
}

}  // namespace

Json feature_json(const FeatureView& view) {
  const auto& languages = view.scores.languages;
  Json json = {{"feature", view.feature}};
  visit_score_columns(view.scores, [&](const std::string& name, const auto& column) {
    json[name] = value_json(column.front());
  });
  for (std::size_t l = 0; l < languages.size(); ++l) {
    json["peaks_" + languages[l]] = peaks_json(view.peaks[l]);
  }
  json["promoted"] = view.vocabulary ? tokens_json(view.vocabulary->promoted) : Json();
  json["suppressed"] = view.vocabulary ? tokens_json(view.vocabulary->suppressed) : Json();
  json["explanations"] = explanations_json(view.explanations);
  if (!view.neuronpedia_url.empty()) json["neuronpedia"] = view.neuronpedia_url;
  json["samples"] = Json::array();
  for (const auto& sample : view.samples) {
    json["samples"].push_back(sample_json(sample, languages));
  }
  return json;
}

}  // namespace isogloss::cli

#include "cli/feature_json.h"

#include <nlohmann/json.hpp>

namespace isogloss::cli {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// [token, effect] each.
Json tokens_json(const std::vector<TokenEffect>& tokens) {
  Json list = Json::array();
  for (const auto& token : tokens) list.push_back(Json::array({token.token, token.effect}));
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

}  // namespace

Json feature_json(const FeatureView& view) {
  Json json = {{"feature", view.feature},
               {"alive", view.alive},
               {"n_languages_active", view.n_languages_active},
               {"agreement", view.agreement},
               {"agreement_raw", or_null(view.agreement_raw)},
               {"agreement_rank", view.agreement_rank},
               {"overlap", or_null(view.overlap)},
               {"overlap_expected", or_null(view.overlap_expected)},
               {"n_eff", or_null(view.n_eff)},
               {"cofire", view.cofire},
               {"p_cofire", or_null(view.p_cofire)},
               {"q_cofire", or_null(view.q_cofire)},
               {"bi_loss", or_null(view.bi_loss)},
               {"bi_rank", or_null(view.bi_rank)},
               {"bi_loss_text", or_null(view.bi_loss_text)}};
  for (std::size_t l = 0; l < view.languages.size(); ++l) {
    json["active_" + view.languages[l]] = view.active[l];
    json["max_" + view.languages[l]] = view.max[l];
  }
  json["promoted"] = view.vocabulary ? tokens_json(view.vocabulary->promoted) : Json();
  json["suppressed"] = view.vocabulary ? tokens_json(view.vocabulary->suppressed) : Json();
  if (!view.neuronpedia_url.empty()) json["neuronpedia"] = view.neuronpedia_url;
  json["samples"] = Json::array();
  for (const auto& sample : view.samples) {
    json["samples"].push_back(sample_json(sample, view.languages));
  }
  return json;
}

}  // namespace isogloss::cli

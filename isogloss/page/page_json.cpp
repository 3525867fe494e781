#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "isogloss/evidence/neuronpedia.h"
#include "isogloss/model/token_piece.h"
#include "isogloss/page/page_json_internal.h"
#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

using nlohmann::json;

constexpr std::string_view kGemmaNotice =
    "Gemma is provided under and subject to the Gemma Terms of Use found at "
    "ai.google.dev/gemma/terms";
constexpr int kRanksInGrid = 300;
constexpr int kRanksOfMany = 60;  ///< the same where there are kManyLanguages

template <class T>
json cell(const T& value) {
  if constexpr (std::is_floating_point_v<T>) {
    return rounded(static_cast<double>(value));
  } else {
    return value;
  }
}

template <class T>
json cell(const std::optional<T>& value) {
  return value ? cell(*value) : json(nullptr);
}

template <class T>
json column_json(const std::vector<T>& values) {
  json column = json::array();
  for (const auto& value : values) column.push_back(cell(value));
  return column;
}

template <class T>
bool has_value(const std::vector<T>&) {
  return true;
}

template <class T>
bool has_value(const std::vector<std::optional<T>>& values) {
  return std::ranges::any_of(values, [](const auto& value) { return value.has_value(); });
}

json tokens_json(const std::vector<TokenEffect>& tokens) {
  json list = json::array();
  for (const auto& token : tokens) {
    list.push_back(json::array({token.piece, rounded(static_cast<double>(token.effect))}));
  }
  return list;
}

json self_check_json(const std::optional<SelfCheck>& check) {
  if (!check) return {{"fvu", nullptr}, {"l0", nullptr}, {"dead_share", nullptr}};
  return {{"fvu", rounded(check->fvu)},
          {"l0", rounded(check->l0)},
          {"dead_share", rounded(check->dead_share)}};
}

/// Tokens of all sentences, specials left out.
std::int64_t n_content_tokens(const Manifest& manifest, const Evidence& evidence) {
  std::int64_t n_tokens = 0;
  for (const auto& shard : manifest.shards) n_tokens += shard.n_tokens;
  const auto n_texts =
      static_cast<std::int64_t>(manifest.inputs.languages.size()) * manifest.n_sentences;
  return n_tokens - n_texts * evidence.n_special;
}

std::string title(const Manifest& manifest) {
  const auto& inputs = manifest.inputs;
  const auto file = std::filesystem::path(inputs.model.path).stem().string();
  return fmt::format("{}, {}, {}", manifest.model_name.empty() ? file : manifest.model_name,
                     inputs.hook, fmt::join(inputs.languages, "–"));
}

json scoring_json(const ScoringOptions& options, const ScoreTable& table) {
  return {{"shrinkage_lambda", options.shrinkage_lambda},
          {"null_model", to_string(options.null_model)},
          {"effective_strata", rounded(table.effective_strata)},
          {"intervals_over", intervals_over(table)},
          {"fdr", to_string(options.fdr)},
          {"fdr_level", options.fdr_level},
          {"max_permutations", options.max_permutations},
          {"max_t_permutations", options.max_t_permutations},
          {"n_bootstrap", options.n_bootstrap},
          {"seed", options.seed},
          {"beta", rounded(table.beta)},
          {"beta_text", rounded(table.beta_text)}};
}

json flags_json(const ScoreTable& table) {
  json list = json::array();
  if (!table.artefacts) return list;
  for (const auto* flag : flags()) {
    list.push_back({{"name", flag->name},
                    {"word", flag->word},
                    {"meaning", flag->meaning},
                    {"numbers", flag->numbers},
                    {"explains", flag->explains_agreement}});
  }
  return list;
}

/// Ranks from 1 … n, evenly spaced by their logarithm, without repeats.
std::vector<std::int64_t> rank_grid(std::int64_t n, int n_ranks) {
  std::vector<std::int64_t> ranks;
  for (int i = 0; i < n_ranks && n > 0; ++i) {
    const double exponent = static_cast<double>(i) / (n_ranks - 1);
    const auto rank = std::llround(std::pow(static_cast<double>(n), exponent));
    if (ranks.empty() || rank > ranks.back()) ranks.push_back(rank);
  }
  return ranks;
}

}  // namespace

json rounded(double value, int n_digits) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.{}g}", value, n_digits).c_str(), nullptr);
}

/// The SAE's name where it has one.
const std::string& sae_title(const ExtractionInputs& inputs) {
  if (!inputs.sae_name.empty()) return inputs.sae_name;
  return inputs.sae_origin.empty() ? inputs.sae_path : inputs.sae_origin;
}

json run_json(const Manifest& manifest, const ScoreTable& table, const Evidence& evidence) {
  const auto& inputs = manifest.inputs;
  json notices = json::array();
  if (manifest.model_architecture.starts_with("gemma")) notices.push_back(kGemmaNotice);
  const auto neuronpedia = neuronpedia_url(manifest);
  std::int64_t n_alive = 0;
  std::int64_t n_dead = 0;
  for (std::size_t i = 0; i < table.alive.size(); ++i) {
    n_alive += table.alive[i] != 0 ? 1 : 0;
    n_dead += table.n_languages_active[i] == 0 ? 1 : 0;
  }
  return {{"title", title(manifest)},
          {"version", inputs.isogloss_version},
          {"model", std::filesystem::path(inputs.model.path).filename().string()},
          {"sae", sae_title(inputs)},
          {"hook", inputs.hook},
          {"corpus", inputs.corpus_origin.empty() ? inputs.corpus_path : inputs.corpus_origin},
          {"languages", inputs.languages},
          {"n_samples", manifest.n_sentences},
          {"n_tokens", n_content_tokens(manifest, evidence)},
          {"first", evidence.first_position},
          {"n_features", table.n_features()},
          {"n_alive", n_alive},
          {"n_dead", n_dead},
          {"scoring", scoring_json(manifest.scoring.value_or(ScoringOptions{}), table)},
          {"flags", flags_json(table)},
          {"columns", column_list_json(table, manifest.scoring.value_or(ScoringOptions{}))},
          {"self_check", self_check_json(manifest.self_check)},
          {"neuronpedia", neuronpedia.empty() ? json(nullptr) : json(neuronpedia)},
          {"dropped",
           {{"empty", manifest.dropped.empty},
            {"duplicate", manifest.dropped.duplicate},
            {"identical", manifest.dropped.identical},
            {"length_ratio", manifest.dropped.length_ratio}}},
          {"notices", notices}};
}

json series_json(std::span<const GroupStatistics> groups) {
  json result = json::object();
  for (const auto& group : groups) {
    auto& lines = result[group.group] = json::array();
    for (const auto& series : group.series) {
      const auto ranks = rank_grid(std::ssize(series.shares),
                                   groups.size() > kManyLanguages ? kRanksOfMany : kRanksInGrid);
      json shares = json::array();
      for (const auto rank : ranks) {
        shares.push_back(rounded(series.shares[static_cast<std::size_t>(rank - 1)]));
      }
      lines.push_back({{"name", series.name},
                       {"value", rounded(series.value)},
                       {"ranks", ranks},
                       {"shares", std::move(shares)}});
    }
  }
  return result;
}

json columns_json(const ScoreTable& table, std::span<const std::int32_t> sharing) {
  json features = json::array();
  for (std::int32_t feature = 0; feature < table.n_features(); ++feature) {
    features.push_back(feature);
  }
  json columns = {{"feature", std::move(features)}, {"n_languages_sharing", sharing}};
  visit_score_columns(table, [&]<class T>(const std::string& name, const std::vector<T>& column) {
    // The page names the tokens on which shown features peak: see peaks_json().
    if (std::is_same_v<T, std::string> || name.starts_with(kTopTokenShareColumn.name)) return;
    if (!has_value(column)) return;
    columns[name] = column_json(column);
    // One per language: with many languages, they are most of the page.
    if (name.starts_with(kMaxColumn.name) && table.languages.size() >= kManyLanguages) {
      for (auto& value : columns[name]) value = rounded(value.template get<double>(), 3);
    }
  });
  return columns;
}

json flag_details_json(const ScoreTable& table) {
  json result = json::object();
  for (const auto* flag : flags()) {
    if (!table.artefacts || flag->detail == nullptr) continue;
    auto& details = result[std::string(flag->name)] = json::object();
    for (std::int32_t feature = 0; feature < table.n_features(); ++feature) {
      if (!table.artefacts->has(*flag, feature)) continue;
      const auto detail = flag_detail(table, *flag, feature);
      if (!detail) continue;
      auto& entry = details[fmt::format("{}", feature)] = {table.languages[detail->language]};
      if (detail->token.empty()) continue;
      entry.push_back(readable_piece(detail->token, false));
      entry.push_back(rounded(detail->share));
    }
  }
  return result;
}

json vocabulary_json(std::span<const FeatureVocabulary> known,
                     std::span<const std::int32_t> features) {
  json result = json::object();
  for (const auto feature : features) {
    const auto* found = find_vocabulary(known, feature);
    if (found == nullptr) continue;
    result[fmt::format("{}", feature)] = {{"promoted", tokens_json(found->effect.promoted)},
                                          {"suppressed", tokens_json(found->effect.suppressed)}};
  }
  return result;
}

json explanations_json(const Explanations& explanations, std::span<const std::int32_t> features) {
  json of = json::object();
  for (const auto feature : features) {
    for (const auto& explanation : explanations.of(feature)) {
      of[fmt::format("{}", feature)].push_back(
          json::array({explanation.description, explanation.model}));
    }
  }
  return {{"source", explanations.source}, {"of", std::move(of)}};
}

}  // namespace isogloss

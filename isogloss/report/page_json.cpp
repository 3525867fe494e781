#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "isogloss/report/neuronpedia.h"
#include "isogloss/report/page_json_internal.h"

namespace isogloss {
namespace {

using nlohmann::json;

constexpr std::string_view kGemmaNotice =
    "Gemma is provided under and subject to the Gemma Terms of Use found at "
    "ai.google.dev/gemma/terms";
constexpr int kRanksInGrid = 300;

/// `value` as the nearest double of 6 significant digits, which prints as those; null if NaN.
json rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

template <class T>
json number_column(const std::vector<T>& values) {
  json column = json::array();
  for (const auto value : values) {
    if constexpr (std::is_floating_point_v<T>) {
      column.push_back(rounded(static_cast<double>(value)));
    } else {
      column.push_back(value);
    }
  }
  return column;
}

template <class T>
json number_column(const std::vector<std::optional<T>>& values) {
  json column = json::array();
  for (const auto& value : values) {
    if (!value) {
      column.push_back(nullptr);
    } else if constexpr (std::is_floating_point_v<T>) {
      column.push_back(rounded(*value));
    } else {
      column.push_back(*value);
    }
  }
  return column;
}

json tokens_json(const std::vector<TokenEffect>& tokens) {
  json list = json::array();
  for (const auto& token : tokens) {
    list.push_back(json::array({token.token, rounded(static_cast<double>(token.effect))}));
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

/// Ranks 1 … n, evenly spaced by their logarithm, each once.
std::vector<std::int64_t> rank_grid(std::int64_t n) {
  std::vector<std::int64_t> ranks;
  for (int i = 0; i < kRanksInGrid && n > 0; ++i) {
    const double exponent = static_cast<double>(i) / (kRanksInGrid - 1);
    const auto rank = std::llround(std::pow(static_cast<double>(n), exponent));
    if (ranks.empty() || rank > ranks.back()) ranks.push_back(rank);
  }
  return ranks;
}

}  // namespace

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
          {"sae", inputs.sae_path},
          {"hook", inputs.hook},
          {"corpus", inputs.corpus_path},
          {"languages", inputs.languages},
          {"n_samples", manifest.n_sentences},
          {"n_tokens", n_content_tokens(manifest, evidence)},
          {"first", evidence.first_position},
          {"n_features", table.n_features()},
          {"n_alive", n_alive},
          {"n_dead", n_dead},
          {"shrinkage_lambda", manifest.scoring.value_or(ScoringOptions{}).shrinkage_lambda},
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
      const auto ranks = rank_grid(std::ssize(series.shares));
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

json columns_json(const ScoreTable& table) {
  json features = json::array();
  for (std::int32_t feature = 0; feature < table.n_features(); ++feature) {
    features.push_back(feature);
  }
  json columns = {{"feature", std::move(features)},
                  {"alive", number_column(table.alive)},
                  {"n_languages_active", number_column(table.n_languages_active)},
                  {"agreement", number_column(table.agreement)},
                  {"agreement_raw", number_column(table.agreement_raw)},
                  {"agreement_rank", number_column(table.agreement_rank)},
                  {"overlap", number_column(table.overlap)},
                  {"overlap_expected", number_column(table.overlap_expected)},
                  {"n_eff", number_column(table.n_eff)},
                  {"cofire", number_column(table.cofire)},
                  {"p_cofire", number_column(table.p_cofire)},
                  {"q_cofire", number_column(table.q_cofire)},
                  {"bi_loss", number_column(table.bi_loss)},
                  {"bi_rank", number_column(table.bi_rank)},
                  {"bi_loss_text", number_column(table.bi_loss_text)}};
  for (std::size_t language = 0; language < table.languages.size(); ++language) {
    columns["active_" + table.languages[language]] = number_column(table.active[language]);
    columns["max_" + table.languages[language]] = number_column(table.max[language]);
  }
  return columns;
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

}  // namespace isogloss

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "isogloss/model/token_piece.h"
#include "isogloss/page/page_json_internal.h"
#include "isogloss/score/agreement/language_similarity.h"

namespace isogloss {
namespace {

using nlohmann::json;

json optional_json(const std::optional<double>& value) {
  return value ? rounded(*value) : json(nullptr);
}

template <class T, class ToJson>
json matrix_json(const std::vector<T>& values, std::size_t n, const ToJson& to_json) {
  json rows = json::array();
  for (std::size_t i = 0; i < n; ++i) {
    auto& row = rows.emplace_back(json::array());
    for (std::size_t j = 0; j < n; ++j) row.push_back(to_json(values[i * n + j]));
  }
  return rows;
}

/// How many features have each count, 0 … `largest`.
std::vector<std::int64_t> tally(std::span<const std::int32_t> counts, std::size_t largest) {
  std::vector<std::int64_t> features(largest + 1);
  for (const auto count : counts) ++features[static_cast<std::size_t>(count)];
  return features;
}

/// The index of the pair a < b of n languages in the order (0, 1), (0, 2) … (1, 2) ….
std::size_t pair_index(std::int32_t a, std::int32_t b, std::int32_t n) {
  return static_cast<std::size_t>(a * (2 * n - a - 1) / 2 + (b - a - 1));
}

}  // namespace

json languages_json(const ScoreTable& table, const LanguageSimilarity& similarity,
                    std::span<const std::int32_t> sharing) {
  const auto n = table.languages.size();
  json merges = json::array();
  for (const auto& merge : average_linkage(similarity)) {
    merges.push_back({merge.left, merge.right, rounded(merge.height), merge.size});
  }
  json specific = json::object();
  const auto by_language = specific_features(table);
  for (std::size_t l = 0; l < n; ++l) specific[table.languages[l]] = by_language[l];
  return {{"similarity", matrix_json(similarity.similarity, n, optional_json)},
          {"n_features",
           matrix_json(similarity.n_features, n, [](std::int64_t count) { return json(count); })},
          {"merges", std::move(merges)},
          {"threshold", kSharedAgreement},
          {"firing", tally(table.n_languages_active, n)},
          {"sharing", tally(sharing, n)},
          {"specific", std::move(specific)}};
}

PairsJson::PairsJson(std::span<const std::int32_t> features, std::int32_t n_languages)
    : n_languages_(n_languages) {
  if (n_languages < 3) return;
  const auto n_pairs = static_cast<std::size_t>(n_languages * (n_languages - 1) / 2);
  for (const auto feature : features) {
    data_[fmt::format("{}", feature)] = std::vector<nlohmann::json>(n_pairs);
  }
}

void PairsJson::add(std::span<const PairScores> pairs) {
  for (auto pair = pairs.begin(); pair != pairs.end();) {
    const auto feature = pair->feature;
    const auto kappas = data_.find(fmt::format("{}", feature));
    for (; pair != pairs.end() && pair->feature == feature; ++pair) {
      if (kappas == data_.end() || !pair->agreement_stratified_raw) continue;
      (*kappas)[pair_index(pair->language_a, pair->language_b, n_languages_)] =
          std::round(1000 * *pair->agreement_stratified_raw) / 1000;
    }
  }
}

json peaks_json(const std::optional<TokenProfile>& profile,
                std::span<const std::int32_t> features) {
  json result = json::object();
  if (!profile) return result;
  for (const auto feature : features) {
    auto& of_feature = result[fmt::format("{}", feature)] = json::object();
    for (std::size_t l = 0; l < profile->languages.size(); ++l) {
      json tokens = json::array();
      for (const auto& [token, share] : profile->by_language[l].peaks_of(feature)) {
        if (token < 0) break;
        const auto& text = profile->texts[static_cast<std::size_t>(token)];
        tokens.push_back({readable_piece(text, false), std::round(1000 * share) / 1000});
      }
      if (!tokens.empty()) of_feature[profile->languages[l]] = std::move(tokens);
    }
  }
  return result;
}

}  // namespace isogloss

#include "isogloss/page/page.h"

#include <algorithm>
#include <array>
#include <set>

#include "isogloss/core/file.h"
#include "isogloss/evidence/evidence.h"
#include "isogloss/page/page_json_internal.h"
#include "isogloss/page/page_template.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/results/pairs_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/score/agreement/language_similarity.h"
#include "isogloss/stats/profile_file.h"

namespace isogloss {
namespace {

using nlohmann::json;

constexpr std::int32_t kBestByRank = 500;
constexpr std::int32_t kBestByBiLoss = 100;
constexpr std::size_t kSpecificPerLanguage = 5;
constexpr std::size_t kMaxPairs = 200'000;  ///< κ of a pair of languages for one feature
constexpr std::int32_t kSentencesPerLanguage = 40;
constexpr std::size_t kPageBytes = 14'800'000;  // under 15 MB, with some room to spare
/// The number of sentences per feature: the first count with which the page fits.
constexpr std::array<std::int32_t, 12> kSentencesPerFeature = {80, 60, 40, 30, 20, 15,
                                                               10, 7,  5,  3,  2,  1};
// Measured on Gemma's tokens, for an estimate that avoids reading what will not fit.
constexpr double kBytesAnEvidenceRow = 50;
constexpr double kBytesPerToken = 10;  // once in the sentence, once as a segment

std::vector<WantedEvidence> wanted_evidence(const Maxima& maxima,
                                            std::span<const std::int32_t> features,
                                            std::int32_t n_a_feature) {
  std::vector<WantedEvidence> wanted;
  for (const auto feature : features) {
    wanted.push_back({feature, choose_rows(maxima, feature, kSentencesPerLanguage, n_a_feature)});
  }
  return wanted;
}

/// About how many bytes the page needs for `wanted`.
double estimated_bytes(const Manifest& manifest, std::span<const WantedEvidence> wanted) {
  std::set<std::int32_t> rows;
  std::size_t n_evidence_rows = 0;
  for (const auto& feature : wanted) {
    rows.insert(feature.rows.begin(), feature.rows.end());
    n_evidence_rows += feature.rows.size() * manifest.inputs.languages.size();
  }
  double n_tokens = 0;
  for (const auto& shard : manifest.shards) n_tokens += static_cast<double>(shard.n_tokens);
  const double tokens_a_row = n_tokens / std::max(manifest.n_sentences, 1);
  return kBytesAnEvidenceRow * static_cast<double>(n_evidence_rows) +
         kBytesPerToken * tokens_a_row * static_cast<double>(rows.size());
}

/// Those of `features`, the best by rank first, whose pairs of languages the page shows.
std::vector<std::int32_t> features_with_pairs(const ScoreTable& table,
                                              std::span<const std::int32_t> features) {
  std::vector<std::int32_t> best(features.begin(), features.end());
  std::ranges::sort(best, {}, [&](std::int32_t feature) {
    return table.rank[static_cast<std::size_t>(feature)];
  });
  const auto n = table.languages.size();
  best.resize(std::min(best.size(), 2 * kMaxPairs / std::max<std::size_t>(n * (n - 1), 1)));
  return best;
}

/// The members of the page's data that do not depend on how much evidence fits, each after a comma.
std::string fixed_parts(const ResultFolder& folder, const Manifest& manifest,
                        const ScoreTable& table, std::span<const GroupStatistics> statistics,
                        const Maxima& maxima, std::span<const std::int32_t> features) {
  const auto lambda = manifest.scoring.value_or(ScoringOptions{}).shrinkage_lambda;
  SharedFeatures shared(maxima.n_languages(), maxima.n_features, lambda);
  PairsJson pairs(features_with_pairs(table, features), maxima.n_languages());
  visit_pairs(folder, table.languages, [&](std::span<const PairScores> some) {
    shared.add(some);
    pairs.add(some);
  });
  const auto sharing = shared.languages_sharing();
  std::string parts = ",\"columns\":" + script_safe(columns_json(table, sharing));
  parts += ",\"flag_details\":" + script_safe(flag_details_json(table));
  parts += ",\"series\":" + script_safe(series_json(statistics));
  parts += ",\"languages\":" + script_safe(languages_json(table, shared.similarity(), sharing));
  parts += ",\"pairs\":" + script_safe(pairs.data());
  const auto profile =
      read_token_profile(folder, maxima.n_features, maxima.n_rows(), maxima.languages);
  parts += ",\"peaks\":" + script_safe(peaks_json(profile, features));
  parts += ",\"vocabulary\":" + script_safe(vocabulary_json(read_vocabulary(folder), features));
  parts +=
      ",\"explanations\":" + script_safe(explanations_json(read_explanations(folder), features));
  return parts;
}

}  // namespace

std::vector<std::int32_t> features_on_page(const ScoreTable& table) {
  const bool many = table.languages.size() >= kManyLanguages;
  auto features = choose_features(table, many ? kBestByRank / 5 : kBestByRank,
                                  many ? kBestByBiLoss / 5 : kBestByBiLoss);
  for (const auto& specific : specific_features(table)) {
    const auto n = std::min(specific.size(), many ? std::size_t{1} : kSpecificPerLanguage);
    features.insert(features.end(), specific.begin(),
                    specific.begin() + static_cast<std::ptrdiff_t>(n));
  }
  std::ranges::sort(features);
  features.erase(std::unique(features.begin(), features.end()), features.end());
  return features;
}

void write_report(const ResultFolder& folder, const Manifest& manifest, const ScoreTable& table,
                  std::span<const GroupStatistics> statistics, const Maxima& maxima,
                  const RunControl& control) {
  const auto features = features_on_page(table);
  const auto page = report_template();
  const auto fixed = fixed_parts(folder, manifest, table, statistics, maxima, features);
  const auto fixed_bytes = page.size() + fixed.size();
  for (const auto n_a_feature : kSentencesPerFeature) {
    const bool is_last = n_a_feature == kSentencesPerFeature.back();
    const auto wanted = wanted_evidence(maxima, features, n_a_feature);
    const auto estimate = static_cast<double>(fixed_bytes) + estimated_bytes(manifest, wanted);
    if (!is_last && estimate > static_cast<double>(kPageBytes)) continue;

    const auto evidence = gather_evidence(folder, maxima, wanted, control);
    std::string data = "{\"run\":" + script_safe(run_json(manifest, table, evidence)) + fixed;
    data += ",\"evidence\":" + script_safe(evidence_json(evidence, table));
    data += ",\"sequences\":" + script_safe(sequences_json(evidence, table.languages)) + "}";
    if (!is_last && page.size() + data.size() > kPageBytes) continue;
    write_file_atomically(folder.report(), page.filled(data));
    return;
  }
}

}  // namespace isogloss

// The data of the report page: one JSON object, whose parts web/ reads.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "isogloss/evidence/evidence.h"
#include "isogloss/page/script_json.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/score/agreement/language_similarity.h"
#include "isogloss/score/score_table.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// From this number of languages on, the page holds less of each, so that it fits.
inline constexpr std::size_t kManyLanguages = 50;

/// What was run, and on which inputs. `evidence` says which tokens never count.
nlohmann::json run_json(const Manifest& manifest, const ScoreTable& table,
                        const Evidence& evidence);

/// {"global": [{"name", "value", "ranks", "shares"}…], "en": …}: every series on a logarithmic grid
/// of ranks, which count from 1.
nlohmann::json series_json(std::span<const GroupStatistics> groups);

/// {"feature": […], "agreement": […], …}: the columns of scores.parquet, numbers to 6 significant
/// digits, booleans as 0 and 1; without the top tokens of each language and columns that are all
/// null; and "n_languages_sharing", which is SharedFeatures::languages_sharing().
nlohmann::json columns_json(const ScoreTable& table, std::span<const std::int32_t> sharing);

/// [{"key", "label", "tip", "format", "best", "place", "core"}…]: how the page shows each column,
/// in the page's order; with "language" for a column of one language and "measure" for a published
/// measure.
nlohmann::json column_list_json(const ScoreTable& table, const ScoringOptions& options);

/// {"flag_one_token": {"123": ["en", "▁water", 0.62]}, "flag_language": {"7": ["es"]}}: for each
/// flag that has details, the flagged features with the language, the token and its share of the
/// activation there.
nlohmann::json flag_details_json(const ScoreTable& table);

/// What languages share: {"similarity": [[1, 0.2…]…], "n_features": [[0, 1200…]…],
/// "merges": [[left, right, height, size]…], as language_similarity.h has them; "threshold":
/// kSharedAgreement; "firing", "sharing": [features that fire in, are shared by, exactly 0 … L
/// languages]; "specific": {"en": [feature…]}, as specific_features() orders them.
nlohmann::json languages_json(const ScoreTable& table, const LanguageSimilarity& similarity,
                              std::span<const std::int32_t> sharing);

/// {"123": [κ…]}: stratified κ to 3 decimals of the pairs of languages (0, 1), (0, 2) … (1, 2) …,
/// null where there is none.
class PairsJson {
 public:
  /// `features`: those that are wanted. None is for two languages, whose κ is the score's.
  PairsJson(std::span<const std::int32_t> features, std::int32_t n_languages);
  void add(std::span<const PairScores> pairs);
  const nlohmann::json& data() const { return data_; }

 private:
  std::int32_t n_languages_;
  nlohmann::json data_ = nlohmann::json::object();
};

/// {"123": {"en": [["▁water", 0.41]…]}}: tokens, with white space made visible, and their shares of
/// the feature's peaks, for `features` in the languages in which they fire; empty without a
/// profile.
nlohmann::json peaks_json(const std::optional<TokenProfile>& profile,
                          std::span<const std::int32_t> features);

/// {"123": {"en": [{"s": sample, "m": maximum, "p": [position…], "v": base64}…]}}; `v` has one byte
/// per position: 255 is the feature's maximum over all languages, and no firing token has 0.
nlohmann::json evidence_json(const Evidence& evidence, const ScoreTable& table);

/// {"17": {"id": source, "in": {"en": {"text", "t": [segment…], "n": [tokens…]}}}}; "n" is left out
/// where every segment is one token.
nlohmann::json sequences_json(const Evidence& evidence, std::span<const std::string> languages);

/// {"123": {"promoted": [["▁water", 3.2], …], "suppressed": […]}}: tokens as readable_piece()
/// writes them, with their effects to 6 significant digits, for those of `features` (ascending)
/// that are in `known`.
nlohmann::json vocabulary_json(std::span<const FeatureVocabulary> known,
                               std::span<const std::int32_t> features);

/// {"source": "gemma-2-2b/20-gemmascope-res-16k", "of": {"123": [[description, model]…]}} for those
/// of `features` that have explanations.
nlohmann::json explanations_json(const Explanations& explanations,
                                 std::span<const std::int32_t> features);

}  // namespace isogloss

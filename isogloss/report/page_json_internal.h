// The data of the report page: one JSON object, its parts as web/ reads them.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "isogloss/report/evidence.h"
#include "isogloss/report/vocabulary_file.h"
#include "isogloss/score/score_table.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// What was run, on what. `evidence` says which tokens never count.
nlohmann::json run_json(const Manifest& manifest, const ScoreTable& table,
                        const Evidence& evidence);

/// {"global": [{"name", "value", "ranks", "shares"}…], "en": …}: every series on a logarithmic grid
/// of ranks, which count from 1.
nlohmann::json series_json(std::span<const GroupStatistics> groups);

/// {"feature": […], "agreement": […], …}: every column of scores.parquet, numbers to 6 significant
/// digits.
nlohmann::json columns_json(const ScoreTable& table);

/// {"123": {"en": [{"s": sample, "m": maximum, "p": [position…], "v": base64}…]}}; a byte of `v`
/// for each position: 255 is the feature's maximum over all languages, and no firing token has 0.
nlohmann::json evidence_json(const Evidence& evidence, const ScoreTable& table);

/// {"17": {"id": source, "en": {"text", "t": [segment…], "n": [tokens…]}}}; "n" is left out where
/// every segment is one token.
nlohmann::json sequences_json(const Evidence& evidence, std::span<const std::string> languages);

/// {"123": {"promoted": [["▁water", 3.2], …], "suppressed": […]}}: tokens as readable_token()
/// writes them with their effects to 6 significant digits; of those of `features`, ascending, that
/// are known.
nlohmann::json vocabulary_json(std::span<const FeatureVocabulary> known,
                               std::span<const std::int32_t> features);

/// JSON that can stand in a script element: no "<", so no end tag and no comment.
template <class Json>
std::string script_safe(const Json& value) {
  const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char character : text) {
    if (character == '<') {
      safe += "\\u003c";
    } else {
      safe += character;
    }
  }
  return safe;
}

}  // namespace isogloss

// Every score of every feature: what scores.parquet holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/store/manifest.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

using OptionalColumn = std::vector<std::optional<double>>;

/// Columns of length n_features, in feature order; names as in scores.parquet (docs/formats.md).
struct ScoreTable {
  std::vector<std::string> languages;
  std::int32_t n_rows = 0;
  double beta = 0;       ///< of bi_loss, as applied
  double beta_text = 0;  ///< of bi_loss_text

  std::vector<std::uint8_t> alive;  ///< fires in every language
  std::vector<std::int32_t> n_languages_active;
  std::vector<double> agreement;  ///< max(0, shrunk κ), 0 where undefined
  OptionalColumn agreement_raw;   ///< signed κ, mean over the language pairs that have one
  std::vector<std::int32_t> agreement_rank;
  OptionalColumn overlap;           ///< M, mean over the language pairs where both fire
  OptionalColumn overlap_expected;  ///< E, likewise
  OptionalColumn n_eff;             ///< harmonic mean over the languages that fire, if at least two
  std::vector<std::int32_t> cofire;  ///< sentences on which all languages fire
  OptionalColumn p_cofire;           ///< absent if no pair of languages fires
  OptionalColumn q_cofire;           ///< over live features; absent for the others
  OptionalColumn bi_loss;
  std::vector<std::optional<std::int32_t>> bi_rank;
  OptionalColumn bi_loss_text;
  std::vector<std::vector<std::int32_t>> active;  ///< [n_languages][n_features] sentences firing
  std::vector<std::vector<float>> max;            ///< [n_languages][n_features], 0 if silent

  std::int32_t n_features() const { return static_cast<std::int32_t>(alive.size()); }
};

/// Scores all features, on all cores (oneTBB). Deterministic: no result depends on the threads.
ScoreTable score_features(const Maxima& maxima, const ScoringOptions& options,
                          const RunControl& control);

/// Features by agreement_rank.
std::vector<std::int32_t> features_by_agreement(const ScoreTable& table);

}  // namespace isogloss

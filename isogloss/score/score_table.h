// Every score of every feature: what scores.parquet holds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/numeric/optional_column.h"
#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/score/artefacts/artefacts.h"
#include "isogloss/score/measures/measures.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"
#include "isogloss/store/scoring_options.h"

namespace isogloss {

/// Columns of length n_features, in feature order; names as in scores.parquet (docs/dataset.md).
/// "Stratified" is under re-pairing within strata, the rest under re-pairing of any two sentences;
/// means are over the language pairs in which the feature fires.
struct ScoreTable {
  std::vector<std::string> languages;
  std::int32_t n_rows = 0;
  double effective_strata = 1;         ///< Strata::effective_number
  bool intervals_by_document = false;  ///< resampled_by_document
  double beta = 0;                     ///< of bi_loss, as applied
  double beta_text = 0;                ///< of bi_loss_text

  std::vector<std::uint8_t> alive;  ///< fires in every language
  std::vector<std::int32_t> n_languages_active;
  std::vector<double> agreement;  ///< max(0, shrunk κ), 0 where undefined
  OptionalColumn agreement_raw;   ///< signed κ, mean over the language pairs that have one
  std::vector<std::int32_t> agreement_rank;
  OptionalColumn overlap;            ///< mean M
  OptionalColumn overlap_expected;   ///< mean E
  OptionalColumn n_eff;              ///< harmonic mean over the languages that fire, if two or more
  std::vector<std::int32_t> cofire;  ///< sentences on which all languages fire
  OptionalColumn p_cofire;           ///< absent if no pair of languages fires
  OptionalColumn q_cofire;           ///< over live features; absent for the others

  std::vector<std::int32_t> rank;  ///< the default: by agreement_stratified, then its raw form
  std::vector<double> agreement_stratified;
  OptionalColumn agreement_stratified_raw;
  OptionalColumn agreement_low;   ///< 95 % bootstrap interval of agreement_stratified_raw
  OptionalColumn agreement_high;  ///< likewise
  OptionalColumn p_agreement;     ///< permutation p-value of agreement_stratified_raw
  OptionalColumn q_agreement;     ///< over the features that have a p
  std::vector<std::int32_t> n_permutations;
  OptionalColumn p_agreement_max_t;  ///< adjusted for all features; absent unless asked for
  OptionalColumn overlap_expected_stratified;
  OptionalColumn p_cofire_stratified;
  OptionalColumn agreement_min;            ///< weakest pair's stratified κ
  OptionalColumn agreement_strict;         ///< stratified κ of all languages at once; live ones
  OptionalColumn overlap_strict;           ///< its M_L
  OptionalColumn overlap_expected_strict;  ///< its E_L within strata
  OptionalColumn agreement_attainable;     ///< mean of the largest κ the margins allow
  OptionalColumn containment;

  OptionalColumn bi_loss;
  std::vector<std::optional<std::int32_t>> bi_rank;
  OptionalColumn bi_loss_text;
  std::vector<std::vector<std::int32_t>> active;  ///< [n_languages][n_features] sentences firing
  std::vector<std::vector<float>> max;            ///< [n_languages][n_features], 0 if silent

  std::optional<Artefacts> artefacts;  ///< absent without profiles
  std::vector<Measure> measures;       ///< as asked for

  std::int32_t n_features() const { return static_cast<std::int32_t>(alive.size()); }
};

/// Scores of the same maxima and traits, maybe under other options.
struct EarlierScores {
  const ScoreTable& table;
  const ScoringOptions& options;
};

/// What scores are made of.
struct ScoringInput {
  const Maxima& maxima;
  const RowTraits* traits = nullptr;          ///< null: one stratum, no documents
  const FeatureProfiles* profiles = nullptr;  ///< null: no artefacts, no measures of tokens
  /// Called with the language pairs of some features at a time, features ascending, from another
  /// thread but never twice at once; may be empty.
  std::function<void(std::span<const PairScores>)> take_pairs = {};
  /// What comes out the same under other options is taken over from it.
  std::optional<EarlierScores> earlier = {};
};

/// Scores all features, on all cores (oneTBB). Deterministic: no result depends on the threads.
/// Error(kUsage) for an unknown measure.
ScoreTable score_features(const ScoringInput& input, const ScoringOptions& options,
                          const RunControl& control);

/// "documents" or "sentences": what the intervals of κ are resampled over.
inline const char* intervals_over(const ScoreTable& table) {
  return table.intervals_by_document ? "documents" : "sentences";
}

/// The token that top_token_share is of.
struct TopToken {
  std::size_t language;
  std::string token;
  double share;
};
/// nullopt without artefacts, or where no language fires `feature` on kLeastSupport sentences.
std::optional<TopToken> top_token(const ScoreTable& table, std::int32_t feature);

/// Features by rank.
std::vector<std::int32_t> features_by_rank(const ScoreTable& table);

}  // namespace isogloss

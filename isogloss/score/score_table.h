// Every score of every feature: the content of scores.parquet.
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

struct Strata;

/// Columns of length n_features, in feature order. score_columns.inc declares and describes the
/// members with one number per feature.
struct ScoreTable {
  std::vector<std::string> languages;
  std::int32_t n_rows = 0;
  double effective_strata = 1;         ///< Strata::effective_number
  bool intervals_by_document = false;  ///< resampled_by_document
  double beta = 0;                     ///< of bi_loss, as applied
  double beta_text = 0;                ///< of bi_loss_text

#define ISOGLOSS_SCORE(member, type, ...) type member;
#include "isogloss/score/score_columns.inc"
#undef ISOGLOSS_SCORE
  std::vector<std::vector<std::int32_t>> active;  ///< [n_languages][n_features] sentences firing
  std::vector<std::vector<float>> max;            ///< [n_languages][n_features], 0 if silent

  std::optional<Artefacts> artefacts;  ///< absent without profiles
  std::vector<Measure> measures;       ///< those asked for

  std::int32_t n_features() const { return static_cast<std::int32_t>(alive.size()); }
};

/// Scores of the same maxima and traits, possibly under other options.
struct EarlierScores {
  const ScoreTable& table;
  const ScoringOptions& options;
};

/// What scores are computed from.
struct ScoringInput {
  const Maxima& maxima;
  const RowTraits* traits = nullptr;          ///< null: one stratum, no documents
  const FeatureProfiles* profiles = nullptr;  ///< null: no artefacts and no token measures
  /// Called with the language pairs of some features at a time, features ascending. Calls may come
  /// from another thread but never overlap. May be empty.
  std::function<void(std::span<const PairScores>)> take_pairs = {};
  /// Results that `options` would not change are taken over from it.
  std::optional<EarlierScores> earlier = {};
  const Strata* strata = nullptr;  ///< null: made of `traits`
};

/// Scores all features, on all cores (oneTBB). Deterministic: no result depends on the threads.
/// Throws Error(kUsage) for an unknown measure.
ScoreTable score_features(const ScoringInput& input, const ScoringOptions& options,
                          const RunControl& control);

/// "documents" or "sentences": the unit resampled for the intervals of κ.
inline const char* intervals_over(const ScoreTable& table) {
  return table.intervals_by_document ? "documents" : "sentences";
}

/// The detail of a flag for `feature` (FlagDefinition::detail); nullopt where there is none.
std::optional<FlagDetail> flag_detail(const ScoreTable& table, const FlagDefinition& flag,
                                      std::int32_t feature);

/// Features by rank.
std::vector<std::int32_t> features_by_rank(const ScoreTable& table);

}  // namespace isogloss

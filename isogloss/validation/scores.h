// Every score in one shape: what all sections of the validation compare.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/score_table.h"
#include "isogloss/validation/observed.h"

namespace isogloss {

/// The value of a score that is not defined for a feature: below every other.
inline constexpr double kUndefined = -std::numeric_limits<double>::infinity();

struct NamedScore {
  std::string name;            ///< the column's; "-" before it: negated, so that higher is shared
  std::vector<double> value;   ///< [n_features] higher = more shared, or kUndefined
  bool zero_is_chance = true;  ///< so max(0, value) can weight a feature; losses have no such zero
};

/// One p-value a feature, and the false discovery rate at which it is found.
struct NamedP {
  std::string name;
  OptionalColumn p;
  OptionalColumn q;
};

/// All scores that scores.parquet can hold and that say how far a feature is shared.
std::vector<NamedScore> all_scores(const ScoreTable& table);
std::vector<NamedP> all_p_values(const ScoreTable& table);

/// score_features without permutations, intervals and progress: what the scores need. The one place
/// that knows how `observed` is scored.
ScoreTable score_observed(const Observed& observed, ScoringOptions options,
                          const RunControl& control);
/// The same with p-values.
ScoreTable score_observed_with_p(const Observed& observed, ScoringOptions options,
                                 const RunControl& control);

/// Features by falling score, ties by feature; those without the score are left out.
std::vector<std::int32_t> features_by_score(std::span<const double> value);

}  // namespace isogloss

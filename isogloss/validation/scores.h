// Every score in one form, in which all sections of the validation compare them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/score_table.h"
#include "isogloss/validation/sentence_permutation.h"

namespace isogloss {

/// The value of a score that is not defined for a feature: below every other.
inline constexpr double kUndefined = -std::numeric_limits<double>::infinity();

struct NamedScore {
  std::string name;  ///< the column's; prefixed with "-" if negated, so that higher is shared
  std::vector<double> value;    ///< [n_features] higher = more shared, or kUndefined
  bool is_weight = false;       ///< max(0, value) says how much a feature counts
  bool chance_is_zero = false;  ///< 0 is expected where sentences are paired at random
};

/// One p-value per feature, and the false discovery rate at which it is found (the q-value).
struct NamedP {
  std::string name;
  OptionalColumn p;
  OptionalColumn q;
};

/// All scores that can be computed from sentence maxima alone and that say how far a feature is
/// shared. Token measures (ν, SAE-LAPE, the ratio of means) ignore which sentence translates which
/// and are left out.
std::vector<NamedScore> all_scores(const ScoreTable& table);
/// The p-values that one run has for all its hypotheses; `procedure` is that of the table.
std::vector<NamedP> all_p_values(const ScoreTable& table, FdrProcedure procedure);

/// Calls score_features on `observed` without permutations, intervals and progress, with all
/// sentence measures.
ScoreTable score_observed(const MaximaWithTraits& observed, ScoringOptions options,
                          const RunControl& control);
/// As score_observed, with p-values.
ScoreTable score_observed_with_p(const MaximaWithTraits& observed, ScoringOptions options,
                                 const RunControl& control);

/// Features by descending score, ties by feature; those without the score are left out.
std::vector<std::int32_t> features_by_score(std::span<const double> value);

}  // namespace isogloss

// The columns of a ScoreTable that come from pairs of languages. Internal to score/.
#pragma once

#include "isogloss/score/score_table.h"
#include "isogloss/score/strata/strata.h"

namespace isogloss {

/// Fills every column from `alive` to `containment` except the ranks, the q-values and the results
/// of permutations and resamples.
void fill_agreement_columns(const ScoringInput& input, const Strata& strata, double lambda,
                            const RunControl& control, ScoreTable& table);

}  // namespace isogloss

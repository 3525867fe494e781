// The content of scores.csv.
#pragma once

#include <string>

#include "isogloss/score/score_table.h"

namespace isogloss {

/// A header and one line per feature; see write_scores().
std::string scores_csv(const ScoreTable& table);

}  // namespace isogloss

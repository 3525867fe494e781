// scores.parquet and scores.csv.
#pragma once

#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Writes both files atomically. CSV: 17 significant digits, empty for null.
void write_scores(const ResultFolder& folder, const ScoreTable& table);

/// Reads scores.parquet back; Error(kBadInput) if a column is missing or of another type.
ScoreTable read_scores(const ResultFolder& folder);

}  // namespace isogloss

// scores.parquet and scores.csv: one row per feature, with the columns that docs/dataset.md lists.
#pragma once

#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Writes scores.csv and scores.parquet atomically, the Parquet file last. The CSV has 17
/// significant digits, nothing for null, and "true" or "false". The number of sentences and the two
/// β are stored in the Parquet schema's metadata.
void write_scores(const ResultFolder& folder, const ScoreTable& table);

/// Reads scores.parquet back. Throws Error(kBadInput) if a column is missing, has another type or a
/// null where none may be, or if the metadata is missing.
ScoreTable read_scores(const ResultFolder& folder);

}  // namespace isogloss

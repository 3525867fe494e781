// scores.parquet and scores.csv: a row a feature, columns as docs/formats.md lists them.
#pragma once

#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Writes both files atomically, the Parquet file last. CSV: 17 significant digits, empty for null,
/// true and false. The number of sentences and the two β travel in the Parquet schema's metadata.
void write_scores(const ResultFolder& folder, const ScoreTable& table);

/// Reads scores.parquet back; Error(kBadInput) if a column is missing or of another type, has a
/// null where none can be, or the metadata is not there.
ScoreTable read_scores(const ResultFolder& folder);

}  // namespace isogloss

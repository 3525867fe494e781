// report.html: the whole result as one self-contained page.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/score_table.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// The features for which the page shows evidence: the 500 best by rank, the 100 best by BI loss,
/// and the five most frequent of those specific to each language; ascending.
std::vector<std::int32_t> features_on_page(const ScoreTable& table);

/// Writes report.html atomically. It shows every feature's numbers and what languages share. For
/// features_on_page() it also shows up to 40 sentences per language (fewer where the page would
/// exceed 15 MB) and the content of pairs.parquet and, if they exist, profile.parquet and
/// vocabulary.parquet. Needs neither the model nor the SAE. Equal folders give equal bytes. Throws
/// Error(kBadInput) if a file is not this run's, Error(kInterrupted) on a stop.
void write_report(const ResultFolder& folder, const Manifest& manifest, const ScoreTable& table,
                  std::span<const GroupStatistics> statistics, const Maxima& maxima,
                  const RunControl& control);

}  // namespace isogloss

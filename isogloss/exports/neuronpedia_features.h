// Which features are exported to Neuronpedia.
#pragma once

#include <cstdint>
#include <vector>

#include "isogloss/exports/format.h"
#include "isogloss/score/score_table.h"

namespace isogloss {

/// The features to export, by rank: those with agreement above 0 and at least `min_agreement` that
/// no flag explains, unless asked for. Throws Error(kUsage) if there are none.
std::vector<std::int32_t> exported_features(const ScoreTable& table, const ExportOptions& options);

}  // namespace isogloss

// Explanations that others published, kept beside the results.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/store/layout.h"

namespace isogloss {

struct ExplainOptions {
  std::vector<std::filesystem::path> dumps;  ///< files, or folders of them
  std::string neuronpedia_id = {};           ///< "MODEL/SOURCE"; empty: as the manifest says
};

/// Writes explanations.parquet in place of an earlier one. Throws Error: kUsage if nothing says
/// which SAE this is on Neuronpedia, kBadInput for a dump of another SAE, kInterrupted on a stop.
Explanations explain(const ResultFolder& folder, const ExplainOptions& options,
                     const RunControl& control);

}  // namespace isogloss

// Features under the names that Neuronpedia has for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "isogloss/exports/format.h"
#include "isogloss/score/score_table.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Neuronpedia's names of a model and of an SAE on it.
struct NeuronpediaSource {
  std::string model;  ///< "gemma-2-2b"
  std::string layer;  ///< "20-gemmascope-res-16k", which Neuronpedia calls layer or source
};

/// Where Neuronpedia has the SAE: as the options say, else as the manifest does. Throws
/// Error(kUsage) if neither says so, or not as MODEL/SOURCE.
NeuronpediaSource neuronpedia_source(const Manifest& manifest, const ExportOptions& options);

/// The features to export, by rank: those with agreement above 0 and at least `min_agreement` that
/// no flag explains, unless asked for. Throws Error(kUsage) if there are none.
std::vector<std::int32_t> exported_features(const ScoreTable& table, const ExportOptions& options);

}  // namespace isogloss

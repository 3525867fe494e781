// Activations computed elsewhere, made into a result folder that the stages after extraction read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "isogloss/core/progress.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

struct ImportOptions {
  std::filesystem::path activations;  ///< in a form of docs/imports.md
  std::filesystem::path output;       ///< made if absent
  std::int32_t n_features = 0;        ///< of the SAE; 0: as the form says, or those that fire
  bool count_padding = false;         ///< only where the form has padding
  std::string hook = {};            ///< where the activations were taken, for titles; may be empty
  std::string model_name = {};      ///< the same
  std::string neuronpedia_id = {};  ///< "gemma-2-2b/20-gemmascope-res-16k"; may be empty
};

/// What import_activations takes, as part of a sentence.
std::string accepted_activations();

/// Fills `output` up to maxima/ with every sentence there is, uncleaned; holds one shard at a time.
/// Returns at once if the same files were imported there before; begins again after an
/// interruption. Throws Error: kBadInput for what is wrong with the files, or if `output` holds
/// something else; kUsage for a choice that the form does not have; kInterrupted when
/// `control.stop` is set.
Manifest import_activations(const ImportOptions& options, const RunControl& control);

}  // namespace isogloss

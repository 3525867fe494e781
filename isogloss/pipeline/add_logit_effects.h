// What features say, from the model and the SAE a result folder was made with.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "isogloss/core/progress.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Adds to vocabulary.parquet the features it lacks, ten tokens promoted and ten suppressed each
/// (logit_effects() of the SAE's decoder row), and writes it atomically; writes nothing if all
/// are there. Features keep what is in the file: it depends on the model and the SAE alone.
///
/// A folder may be on a machine that has neither. Where the model or the SAE is not at the path the
/// manifest names, has other bytes, or lacks what is needed, one line is warned and the folder
/// stays as it is. Throws Error(kBadInput) for a damaged vocabulary.parquet, Error(kEnvironment)
/// where it cannot be written, Error(kInterrupted) on a stop.
void interpret(const ResultFolder& folder, const Manifest& manifest,
               std::span<const std::int32_t> features, const RunControl& control);

/// The same of one feature, and nothing is written: to look at a result changes nothing in it.
/// nullopt where interpret() would warn.
std::optional<LogitEffects> interpret_feature(const ResultFolder& folder, const Manifest& manifest,
                                              std::int32_t feature, const RunControl& control);

}  // namespace isogloss

// The tokens that features promote and suppress, from the model and the SAE that a result folder
// was made with.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "isogloss/core/progress.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Adds the features missing from vocabulary.parquet, each with the ten tokens it promotes most and
/// the ten it suppresses most (logit_effects() of the SAE's decoder row), and writes the file
/// atomically; writes nothing if none is missing. Features already in the file are kept: their
/// values depend on the model and the SAE alone.
///
/// The folder may be on a machine that has neither. If the model or the SAE is not at the
/// manifest's path, has other bytes, or lacks what is needed, or if the hook point is not in the
/// residual stream, this gives a one-line warning and leaves the folder as it is. Throws
/// Error(kBadInput) for a damaged vocabulary.parquet, Error(kEnvironment) where it cannot be
/// written, Error(kInterrupted) on a stop.
void add_logit_effects(const ResultFolder& folder, const Manifest& manifest,
                       std::span<const std::int32_t> features, const RunControl& control);

/// Computes the same for one feature without writing anything: looking at a result does not change
/// it. Returns nullopt where add_logit_effects() would warn.
std::optional<LogitEffects> feature_logit_effects(const ResultFolder& folder,
                                                  const Manifest& manifest, std::int32_t feature,
                                                  const RunControl& control);

}  // namespace isogloss

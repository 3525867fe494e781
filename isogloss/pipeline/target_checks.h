// Whether SAEs fit the hook points at which they are used. Internal to the pipeline.
#pragma once

#include <optional>
#include <span>

#include "isogloss/core/progress.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/pipeline/target.h"

namespace isogloss {

/// Refuses an SAE of another width than its hook point's: throws Error(kBadInput).
void check_widths(std::span<const ExtractionTarget> targets);

/// What a transcoder at its own hook predicts; nullopt if it is not known or the model lacks it.
std::optional<HookPoint> predicted_hook(const ExtractionTarget& target);

/// Says aloud what a user should know of the run before it begins. `source` is open at the targets'
/// hook points.
void warn_of_doubts(std::span<const ExtractionTarget> targets, const ActivationSource& source,
                    const RunControl& control);

}  // namespace isogloss

// Models that the hub has only as safetensors.
#pragma once

#include <span>

#include "isogloss/core/progress.h"
#include "isogloss/inputs/hub_name.h"
#include "isogloss/inputs/inputs.h"

namespace isogloss {

/// True if the repository holds weights as transformers saves them.
bool has_weights(std::span<const HubEntry> entries);

/// The model of `repo`, a repository at a commit, as GGUF, made once per commit by llama.cpp's
/// converter and kept in isogloss's cache. The converter runs in the environment that
/// tools/setup/convert_model.py makes; throws Error(kEnvironment), before any weights are fetched,
/// if that is not there.
FetchedInput fetch_converted(const HubName& name, const HubRepo& repo,
                             std::span<const HubEntry> entries, const RunControl& control);

}  // namespace isogloss

// Which folder takes what, and what may be in it already: internal to the pipeline.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/manifest.h"

namespace isogloss {

/// The folder of each hook: `output` itself for one, else folders in it named by the hooks; a hook
/// named again gets "-2", "-3" behind it, in the order given.
std::vector<ResultFolder> target_folders(const std::filesystem::path& output,
                                         std::span<const std::string> hooks);

/// Throws Error(kBadInput) if `output`, which is to hold `folders`, holds anything a run over these
/// hooks does not make.
void check_parent(const std::filesystem::path& output, std::span<const ResultFolder> folders);

/// The manifest of the run `inputs` describe in this folder, or nullopt if the folder is free for a
/// new one. A run of which no shard is finished has nothing to lose and makes way. Throws
/// Error(kBadInput) if the folder holds another run, or something else.
std::optional<Manifest> find_run(const ResultFolder& folder, const ExtractionInputs& inputs);

}  // namespace isogloss

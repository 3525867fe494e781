// Which folder takes which output, and what it may already contain. Internal to the pipeline.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/manifest.h"

namespace isogloss {

/// The folder of each hook: `output` itself for one, otherwise folders in it named after the hooks;
/// a repeated hook gets the suffix "-2", "-3" …, in the order given.
std::vector<ResultFolder> target_folders(const std::filesystem::path& output,
                                         std::span<const std::string> hooks);

/// Throws Error(kBadInput) if `output`, which is to hold `folders`, holds anything that a run over
/// these hooks would not make.
void check_parent(const std::filesystem::path& output, std::span<const ResultFolder> folders);

/// The manifest of the run `inputs` describe in this folder, or nullopt if the folder is free for a
/// new one. A run without a finished shard has nothing to lose and is replaced. Throws
/// Error(kBadInput) if the folder holds another run, or something else.
std::optional<Manifest> find_run(const ResultFolder& folder, const ExtractionInputs& inputs);

}  // namespace isogloss

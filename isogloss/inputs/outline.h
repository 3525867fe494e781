// The names of a repository's files as a folder of empty files. What is known of names on disk
// (which files make an SAE, a corpus, a split) so holds for a repository of which nothing is
// fetched yet.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/hub/hub.h"
#include "isogloss/inputs/hub_name.h"

namespace isogloss {

/// Calls `choose` with the path of an empty file or folder that stands for `name`, in a temporary
/// folder with all files of the repository below `name.path`, and returns the files chosen as paths
/// in the repository. In the messages of Errors the temporary folder becomes the repository's name.
std::vector<std::string> choose_by_names(
    const HubName& name, std::span<const HubEntry> entries,
    const std::function<std::vector<std::filesystem::path>(const std::filesystem::path&)>& choose);

}  // namespace isogloss

// Files of the Hugging Face hub, by name, kept in the hub's own cache: what Python's
// huggingface_hub has fetched is found here, and the other way round. docs/hub.md lists the
// variables that count.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"

namespace isogloss {

enum class HubKind { kModel, kDataset };

struct HubRepo {
  HubKind kind = HubKind::kModel;
  std::string name;               ///< OWNER/REPO
  std::string revision = "main";  ///< branch, tag or commit
};

struct HubEntry {
  std::string path;  ///< within the repository, with '/'
  std::uint64_t bytes = 0;
};

struct HubSnapshot {
  std::filesystem::path folder;  ///< snapshots/COMMIT in the cache
  std::string commit;            ///< what the revision stands for
};

/// The repository at the commit that its revision stands for now: whatever is asked of it next is
/// about the same files.
HubRepo pinned(const HubRepo& repo, const RunControl& control);

/// The files of a repository. Asks the hub; offline (HF_HUB_OFFLINE=1, or nobody answers), the
/// cache says what it knows: the whole list if it was asked for before, otherwise the files it has.
std::vector<HubEntry> hub_entries(const HubRepo& repo, const RunControl& control);

/// Fetches those of the named files that the cache lacks; each then is whole, and has the hash that
/// the hub gives for it, under `folder` and its path. Nothing else is downloaded. Throws Error,
/// with similar names where a name is wrong; kInterrupted when stopped, and another call resumes.
HubSnapshot fetch_files(const HubRepo& repo, std::span<const std::string> paths,
                        const RunControl& control);

}  // namespace isogloss

// Folders of corpora.
#pragma once

#include <filesystem>
#include <vector>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// What is in `folder`, by name, without what is hidden. Throws Error(kEnvironment) if it cannot be
/// listed; empty if there is none.
std::vector<std::filesystem::path> list_folder(const std::filesystem::path& folder);

/// Whether the files are STEM.src and STEM.trg, as the Tatoeba challenge has them, beside STEM.id,
/// which labels the rows.
bool is_challenge(const CorpusFiles& files);

}  // namespace isogloss

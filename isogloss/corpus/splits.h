// Splits of a data set (train, validation, test), as the names of its files tell.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// The split that a file called `name` belongs to: X of the shard "X-00000-of-00003.parquet", else
/// train, validation or test if one word of the name, as Hugging Face datasets reads it, says so.
/// Empty if it names none.
std::string split_of(std::string_view name);

/// The files of `folder` whose extension is `extension`, by splits and within each by name. A
/// folder without such files has those in its folder `data`, or in folders named after splits.
/// Throws Error(kBadInput) if of "X-00000-of-00003" and its like some are missing, and
/// Error(kEnvironment) if the folder cannot be listed. Empty if `folder` is no folder.
std::vector<CorpusFiles> find_splits(const std::filesystem::path& folder,
                                     std::string_view extension);

/// Tables in `folder` that are called after languages (two or more), which belong together, or
/// else those that are all called after splits.
std::vector<CorpusFiles> find_tables(const std::filesystem::path& folder,
                                     std::string_view extension);

}  // namespace isogloss

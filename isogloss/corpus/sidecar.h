// STEM.ids, which names the rows of the corpus beside it.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// nullopt if there is none.
std::optional<std::filesystem::path> find_sidecar(const CorpusFiles& files);

/// Passes on the rows that `reader` reads of `files`, named by the sidecar if there is one. Returns
/// notes for the user.
std::vector<std::string> read_named_rows(RowReader& reader, const CorpusFiles& files,
                                         std::span<const std::string> wanted, const RowSink& sink);

}  // namespace isogloss

// STEM.ids, which names the rows of the corpus beside it.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// nullopt if there is none.
std::optional<std::filesystem::path> find_sidecar(const CorpusFiles& files);

/// Passes on the rows that `reader` reads of `files`, named by the sidecar if there is one.
void read_named_rows(RowReader& reader, const CorpusFiles& files,
                     std::span<const std::string> wanted, const RowSink& sink);

}  // namespace isogloss

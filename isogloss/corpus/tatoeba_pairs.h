// The "sentence pairs" that Tatoeba offers for two languages.
#pragma once

#include <filesystem>
#include <memory>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// A reader of `path` if its first line is one of such a file: no header but four columns, the
/// number and the text of a sentence and of its translation. Null otherwise.
std::unique_ptr<RowReader> open_tatoeba_pairs(const std::filesystem::path& path);

}  // namespace isogloss

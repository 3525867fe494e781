// Files of lines, of which line N of each language is the same sentence.
#pragma once

#include <memory>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// Every file of `corpus` has a language; those of one document belong together.
std::unique_ptr<RowReader> open_aligned_files(const CorpusFiles& corpus);

/// Whether `suffix` is that of another type of file, such as lie beside the files of a corpus.
bool is_file_type(std::string_view suffix);

}  // namespace isogloss

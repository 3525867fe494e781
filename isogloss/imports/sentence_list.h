// Sentences as a JSONL file lists them, beside arrays that hold their activations.
#pragma once

#include <filesystem>
#include <vector>

#include "isogloss/imports/language_source.h"

namespace isogloss {

/// One object per line: `id`, `tokens` and `special_tokens_mask`, and where they are known
/// `token_ids`, `text` and `document`. Throws Error(kBadInput), which names the line, for anything
/// else.
std::vector<ImportedSentence> read_sentence_list(const std::filesystem::path& path);

}  // namespace isogloss

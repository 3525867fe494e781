// A corpus' profile, as `isogloss inspect` tells it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "isogloss/corpus/corpus.h"

namespace isogloss::cli {

/// What cleaning dropped, by its rules.
nlohmann::ordered_json describe_drops(const DropCounts& dropped);

/// Reads the corpus as `options` say, though not cleaned, and profiles it. Without the files'
/// hashes.
nlohmann::ordered_json describe_corpus(const std::filesystem::path& path, CorpusOptions options);

}  // namespace isogloss::cli

// profile.parquet: the token profile on disk, so that scoring again does not need to read the
// activations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/stats/token_profile.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Raised whenever the way the file's content is computed changes.
inline constexpr int kProfileVersion = 2;

/// Writes profile.parquet: one row per (feature, language) that fires, ordered by both.
/// docs/dataset.md describes the columns.
void write_token_profile(const ResultFolder& folder, const TokenProfile& profile);

/// Returns nullopt if the file is missing, has another version, or comes from a run with other
/// features, sentences or languages. Throws Error(kBadInput) if it cannot be read. The order of
/// `texts` may differ from when they were written.
std::optional<TokenProfile> read_token_profile(const ResultFolder& folder, std::int32_t n_features,
                                               std::int32_t n_rows,
                                               const std::vector<std::string>& languages);

}  // namespace isogloss

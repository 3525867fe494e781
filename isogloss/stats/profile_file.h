// profile.parquet: the token profile on disk, so that scoring again need not read the activations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/stats/token_profile.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Raised when what the file holds is computed otherwise.
inline constexpr int kProfileVersion = 2;

/// A row a (feature, language) that fires, ordered by both; columns in docs/dataset.md.
void write_token_profile(const ResultFolder& folder, const TokenProfile& profile);

/// nullopt if there is none, or one of another version or of a run with other features, sentences
/// or languages. Error(kBadInput) if it cannot be read. Texts may come in another order than they
/// were written in.
std::optional<TokenProfile> read_token_profile(const ResultFolder& folder, std::int32_t n_features,
                                               std::int32_t n_rows,
                                               const std::vector<std::string>& languages);

}  // namespace isogloss

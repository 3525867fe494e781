// profile.parquet: the token profile on disk, so that scoring again need not read the activations.
#pragma once

#include <optional>

#include "isogloss/stats/token_profile.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// Raised when what the file holds is computed otherwise.
inline constexpr int kProfileVersion = 1;

/// A row a (feature, language) that fires, ordered by both; columns in docs/dataset.md.
void write_token_profile(const ResultFolder& folder, const TokenProfile& profile);

/// nullopt if there is none, or one of another version or another run (languages, features or
/// sentences than those of `maxima`). Error(kBadInput) if it cannot be read. Texts may come in
/// another order than they were written in.
std::optional<TokenProfile> read_token_profile(const ResultFolder& folder, const Maxima& maxima);

}  // namespace isogloss

// The strongest sentences of features, with every token's own activation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// A sentence that fires a feature. Its tokens are those from the first to the last that counts.
struct TokenValues {
  std::int32_t feature = 0;
  std::int32_t language = 0;  ///< index into the run's languages
  std::int32_t sample = 0;
  std::vector<std::string> tokens;  ///< the text of each, spaces included
  std::vector<float> values;        ///< [tokens]
};

/// The `n_sentences` strongest sentences of each feature in each language: by feature as given,
/// then by language, then strongest first, ties by sample. Reads some hundred samples at a time.
/// Throws Error(kBadInput) if the folder's files contradict each other, Error(kInterrupted) on a
/// stop.
std::vector<TokenValues> strongest_sentences(const ResultFolder& folder, const Maxima& maxima,
                                             std::span<const std::int32_t> features,
                                             std::int32_t n_sentences, const RunControl& control);

}  // namespace isogloss

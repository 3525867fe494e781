// vocabulary.parquet: the tokens that features promote and suppress, one row per feature, with the
// columns that docs/dataset.md lists.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/model/logit_effects.h"
#include "isogloss/store/layout.h"

namespace isogloss {

struct FeatureVocabulary {
  std::int32_t feature = 0;
  LogitEffects effect;
  bool operator==(const FeatureVocabulary&) const = default;
};

/// Writes the file atomically; `features` ascend, each once.
void write_vocabulary(const ResultFolder& folder, std::span<const FeatureVocabulary> features);

/// Returns what was written; empty if the folder has no such file. Throws Error(kBadInput) if a
/// column is missing or has another type, or if the rows contradict each other.
std::vector<FeatureVocabulary> read_vocabulary(const ResultFolder& folder);

/// The entry of `feature` in the result of read_vocabulary(); null if there is none.
const FeatureVocabulary* find_vocabulary(std::span<const FeatureVocabulary> features,
                                         std::int32_t feature);

}  // namespace isogloss

// vocabulary.parquet: what features say, a row a feature, columns as docs/dataset.md lists them.
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

/// As written; empty if the folder has no such file. Error(kBadInput) if a column is missing or of
/// another type, or the rows contradict themselves.
std::vector<FeatureVocabulary> read_vocabulary(const ResultFolder& folder);

/// The one of `feature` in what read_vocabulary() gave; null if it is not there.
const FeatureVocabulary* find_vocabulary(std::span<const FeatureVocabulary> features,
                                         std::int32_t feature);

}  // namespace isogloss

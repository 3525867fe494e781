// A small result folder as an extraction leaves it, of random activations on made-up sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "isogloss/score/score_table.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/sequences.h"

namespace isogloss {

struct SmallResultShape {
  std::vector<std::string> languages{"en", "th", "zh"};
  std::int32_t n_rows = 30;
  std::int32_t n_features = 40;
  std::int32_t max_words = 12;  ///< of a sentence
  double density = 0.1;         ///< share of features that fire on a token
  std::uint32_t seed = 1;
};

/// Lives in a temporary folder, which goes with the object. Sentences begin with BOS (position 0)
/// and hold characters split over byte tokens, and text that would end a script element. Samples
/// have gaps; feature 0 never fires.
class SmallResult {
 public:
  explicit SmallResult(const SmallResultShape& shape = {});
  SmallResult(const SmallResult&) = delete;
  ~SmallResult();

  ResultFolder folder;
  Manifest manifest;
  std::vector<std::int32_t> samples;
  ActivationShard everything;             ///< both shards, as written
  std::vector<SequenceRecord> sequences;  ///< as written

  Maxima maxima() const { return read_maxima(folder, manifest.n_features, languages()); }
  const std::vector<std::string>& languages() const { return manifest.inputs.languages; }
  /// Counts and maxima as they are; ranks that count down from the last feature, made-up scores.
  ScoreTable table() const;
};

}  // namespace isogloss

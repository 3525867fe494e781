// pairs.parquet: a row a feature and pair of languages that both fire it (docs/dataset.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Writes pairs.parquet under a temporary name until finish(), while features are being scored. Row
/// groups have 16,384 rows however the pairs come; at most one is held.
class PairsWriter {
 public:
  /// `languages`: the names that PairScores counts.
  PairsWriter(const ResultFolder& folder, std::vector<std::string> languages);
  ~PairsWriter();  ///< an unfinished file is removed
  /// Features ascend from call to call, pairs within a feature as feature_pairs orders them.
  void append(std::span<const PairScores> pairs);
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads pairs.parquet back: all rows, or those of one feature. Error(kBadInput) if a column is
/// missing, of another type or null where it cannot be, or a language is not among `languages`.
std::vector<PairScores> read_pairs(const ResultFolder& folder,
                                   std::span<const std::string> languages,
                                   std::optional<std::int32_t> feature = {});

}  // namespace isogloss

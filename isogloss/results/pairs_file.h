// pairs.parquet: one row per feature and pair of languages that both fire it (docs/dataset.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// Writes pairs.parquet while features are being scored, under a temporary name until finish(). Row
/// groups have 16,384 rows however the pairs arrive; at most one is held in memory.
class PairsWriter {
 public:
  /// `languages`: the names that the indices in PairScores refer to.
  PairsWriter(const ResultFolder& folder, std::vector<std::string> languages);
  ~PairsWriter();  ///< an unfinished file is removed
  /// Features ascend from call to call, pairs within a feature as feature_pairs orders them.
  void append(std::span<const PairScores> pairs);
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads pairs.parquet back, a row group at a time, in the order in which it was written. With
/// `feature`, row groups without it are passed over. Throws Error(kBadInput) if a column
/// is missing, has another type or a null where none may be, or if a language is not among
/// `languages`.
void visit_pairs(const ResultFolder& folder, std::span<const std::string> languages,
                 const std::function<void(std::span<const PairScores>)>& visit,
                 std::optional<std::int32_t> feature = {});

/// The same as one list: all rows, or those of one feature.
std::vector<PairScores> read_pairs(const ResultFolder& folder,
                                   std::span<const std::string> languages,
                                   std::optional<std::int32_t> feature = {});

}  // namespace isogloss

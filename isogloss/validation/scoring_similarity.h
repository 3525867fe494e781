// How similar two scorings of the same features are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "isogloss/score/score_table.h"
#include "isogloss/validation/rank_statistics.h"
#include "isogloss/validation/scores.h"

namespace isogloss {

/// How similarly two scorings rank the same features.
struct ScoringSimilarity {
  std::optional<double> pearson;
  std::optional<double> spearman;
  std::vector<std::pair<std::size_t, double>> top_overlap;  ///< (k, share) for each k not left out
};

/// Over the features alive in both tables whose score is defined in both. `tops` are the wanted
/// values of k; those above the number of such features are left out.
ScoringSimilarity compare_scores(const ScoreTable& table_a, std::span<const double> a,
                                 const ScoreTable& table_b, std::span<const double> b,
                                 std::span<const std::size_t> tops);

}  // namespace isogloss

// The scores of a feature for every pair of languages: the rows of pairs.parquet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isogloss {

struct PreparedColumn;
struct Strata;

/// One feature in two languages that both fire it; formulas in docs/method.md §4 and §5.
/// "Stratified" members are under permutation within strata, the others under permutation of all
/// sentences.
struct PairScores {
  std::int32_t feature = 0;
  std::int32_t language_a = 0;  ///< index, below language_b
  std::int32_t language_b = 0;
  double overlap = 0;           ///< M
  double overlap_expected = 0;  ///< E
  double overlap_expected_stratified = 0;
  std::optional<double> agreement_raw;             ///< κ; absent if E is 1
  std::optional<double> agreement_stratified_raw;  ///< κ within strata; absent if E is 1 there
  std::optional<double> attainable;  ///< the largest κ these margins allow; absent if E is 1
  std::optional<double> attainable_stratified;  ///< the same within strata; absent if E is 1 there
  double n_eff = 0;        ///< harmonic mean of the two languages' effective rows
  double containment = 0;  ///< cofire/min(rows of a, rows of b)
  std::int32_t cofire = 0;
  double p_cofire = 1;
  double p_cofire_stratified = 1;
};

/// One entry for each pair of languages that both fire, ordered by (language_a, language_b).
/// `columns`: one per language, silent ones included, prepared with `strata`. Each pair costs its
/// non-zeros and the convolution of the tail. Thread-safe.
std::vector<PairScores> feature_pairs(std::int32_t feature, std::span<const PreparedColumn> columns,
                                      const Strata& strata);

}  // namespace isogloss

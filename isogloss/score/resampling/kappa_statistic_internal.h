// The statistic whose null is drawn: mean κ over pairs, as a weighted sum of overlaps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/score/strata/by_stratum.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// The columns of the languages that fire the feature.
std::vector<SparseColumn> firing_columns(const Maxima& maxima, std::int32_t feature);

/// E does not change when sentences are permuted within strata, so the mean over pairs of
/// (M − E)/(1 − E) is Σ w_ij·M_ij up to a constant, with w_ij = 1/(n_pairs·(1 − E_ij)).
struct KappaStatistic {
  std::vector<double> weights;  ///< [n × n] symmetric; 0 on the diagonal and for pairs without a κ
  double observed = 0;          ///< Σ_{i<j} w_ij·M_ij
  double expected = 0;          ///< Σ_{i<j} w_ij·E_ij; the mean κ is observed − expected
  /// The standard deviation of the sum under permutation. Each language is permuted independently,
  /// so the overlaps of any two pairs are independent, even if they share a language: variances
  /// add.
  double standard_deviation = 0;
  std::int32_t n_pairs = 0;  ///< those with a κ

  /// Permuted sums at or above this count as >= observed. The relative rounding of a sum of k terms
  /// is at most k·ε; 1e-12 covers ties between sums of different terms.
  double threshold(std::span<const SparseColumn> columns) const;
};

/// Takes two or more `columns`, none silent.
KappaStatistic kappa_statistic(std::span<const SparseColumn> columns, StratumGatherer& gatherer);

}  // namespace isogloss

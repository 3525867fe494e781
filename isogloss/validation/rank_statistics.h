// Correlation and ROC statistics of scores. Apart from rounding, none depends on the order of its
// input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/numeric/ranks.h"

namespace isogloss {

/// Pearson's correlation; absent for fewer than two values or where a side is constant. Input must
/// be finite.
std::optional<double> pearson(std::span<const double> a, std::span<const double> b);

/// Spearman's (1904) correlation: Pearson's of mean_ranks. Infinite values rank as they compare.
std::optional<double> spearman(std::span<const double> a, std::span<const double> b);

/// Area under the ROC curve: the probability that a positive scores above a negative, ties half
/// (Mann & Whitney 1947). Absent unless both are given.
std::optional<double> roc_auc(std::span<const double> positives, std::span<const double> negatives);

/// Average precision Σ_k (R_k − R_{k−1})·P_k over the distinct thresholds k, descending. Tied
/// scores enter together, as in scikit-learn's average_precision_score. Absent unless there are
/// positives.
std::optional<double> average_precision(std::span<const double> positives,
                                        std::span<const double> negatives);

/// Share of the k best of `a` that are among the k best of `b`; ties are broken by index. 0 < k <=
/// size.
double top_overlap(std::span<const double> a, std::span<const double> b, std::size_t k);

/// Reliability of a whole from the correlation r of its halves: 2r/(1 + r) (Spearman 1910, Brown
/// 1910). r > −1.
double spearman_brown(double r);

/// Mean and standard deviation (dividing by n − 1; absent for one value) over repetitions.
class Repetitions {
 public:
  void add(double value) { values_.push_back(value); }
  std::int32_t count() const { return static_cast<std::int32_t>(values_.size()); }
  double mean() const;  ///< count() > 0
  std::optional<double> sd() const;

 private:
  std::vector<double> values_;
};

}  // namespace isogloss

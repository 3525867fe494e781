// How many features languages share, and the order in which clustering joins them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/score/agreement/feature_pairs.h"

namespace isogloss {

/// The similarity of two languages is the mean of max(0, κ·n_eff/(n_eff + λ)) over the features
/// that fire in both, with the stratified κ and the n_eff of the pair: the `agreement` of this pair
/// alone. A feature whose κ is undefined counts as 0, as in `agreement`.
struct LanguageSimilarity {
  std::int32_t n_languages = 0;
  /// [n_languages × n_languages] row-major, symmetric; 1 on the diagonal; absent if no feature
  /// fires in both.
  std::vector<std::optional<double>> similarity;
  /// Same shape: number of features that fire in both; 0 on the diagonal.
  std::vector<std::int64_t> n_features;
};

/// Two languages share a feature if the pair's κ·n_eff/(n_eff + λ), with stratified κ, is at least
/// this. The value is a convention, about where the features of a pair stop being mostly noise.
inline constexpr double kSharedAgreement = 0.3;

/// What languages share, taken from the pairs of all features as they come: with many languages
/// they are too many to be held.
class SharedFeatures {
 public:
  SharedFeatures(std::int32_t n_languages, std::int32_t n_features, double lambda);

  /// Takes the next pairs, in the order in which feature_pairs gives them. Sums are taken in it.
  void add(std::span<const PairScores> pairs);
  LanguageSimilarity similarity() const;
  /// [n_features] The number of languages that share the feature with at least one other: 0 or
  /// 2 … L. They need not all share it with each other: two separate pairs of languages count as
  /// four.
  std::vector<std::int32_t> languages_sharing() const;

 private:
  std::size_t n_languages_;
  std::size_t n_features_;
  double lambda_;
  std::vector<double> sum_;           ///< [n_languages²], of the pair's agreement
  std::vector<std::int64_t> n_both_;  ///< same shape
  std::vector<bool> shares_;          ///< [n_features · n_languages]
};

/// The merge of two clusters. Clusters 0 … L − 1 are the languages; merge i makes cluster L + i.
struct ClusterMerge {
  std::int32_t left = 0;  ///< the smaller of the two numbers
  std::int32_t right = 0;
  double height = 0;      ///< 1 − mean similarity between their languages
  std::int32_t size = 0;  ///< languages in the new cluster
  bool operator==(const ClusterMerge&) const = default;
};

/// Average linkage (UPGMA; Sokal & Michener 1958): the two clusters with the smallest mean distance
/// over all pairs of their languages merge, L − 1 times, heights ascending. Distance is
/// 1 − similarity, or 1 where similarity is absent. Of equally near pairs, the one with the
/// smallest numbers merges.
std::vector<ClusterMerge> average_linkage(const LanguageSimilarity& languages);

}  // namespace isogloss

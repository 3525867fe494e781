#include "isogloss/score/agreement/language_similarity.h"

#include <algorithm>
#include <cstddef>

#include "isogloss/score/agreement/agreement.h"

namespace isogloss {
namespace {

/// The remaining clusters, ascending by number, and the distances between any two.
struct Clusters {
  std::vector<std::int32_t> number;
  std::vector<std::int32_t> size;
  std::vector<std::vector<double>> distance;

  void remove(std::size_t i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    number.erase(number.begin() + at);
    size.erase(size.begin() + at);
    distance.erase(distance.begin() + at);
    for (auto& row : distance) row.erase(row.begin() + at);
  }
};

Clusters one_each(const LanguageSimilarity& languages) {
  Clusters clusters;
  const auto n = static_cast<std::size_t>(languages.n_languages);
  for (std::size_t i = 0; i < n; ++i) {
    clusters.number.push_back(static_cast<std::int32_t>(i));
    clusters.size.push_back(1);
    clusters.distance.emplace_back();
    for (std::size_t j = 0; j < n; ++j) {
      clusters.distance[i].push_back(1 - languages.similarity[i * n + j].value_or(0));
    }
  }
  return clusters;
}

/// Merges the two nearest clusters and appends the new one, with number `number`.
ClusterMerge merge_nearest(Clusters& clusters, std::int32_t number) {
  std::size_t left = 0;
  std::size_t right = 1;
  for (std::size_t i = 0; i < clusters.number.size(); ++i) {
    for (std::size_t j = i + 1; j < clusters.number.size(); ++j) {
      if (clusters.distance[i][j] < clusters.distance[left][right]) {
        left = i;
        right = j;
      }
    }
  }
  const auto n_left = clusters.size[left];
  const auto n_right = clusters.size[right];
  const ClusterMerge merge{clusters.number[left], clusters.number[right],
                           clusters.distance[left][right], n_left + n_right};
  std::vector<double> to_others;
  for (std::size_t i = 0; i < clusters.number.size(); ++i) {
    to_others.push_back(
        (n_left * clusters.distance[left][i] + n_right * clusters.distance[right][i]) / merge.size);
    clusters.distance[i].push_back(to_others.back());
  }
  to_others.push_back(0);
  clusters.number.push_back(number);
  clusters.size.push_back(merge.size);
  clusters.distance.push_back(std::move(to_others));
  clusters.remove(right);
  clusters.remove(left);
  return merge;
}

}  // namespace

SharedFeatures::SharedFeatures(std::int32_t n_languages, std::int32_t n_features, double lambda)
    : n_languages_(static_cast<std::size_t>(n_languages)),
      n_features_(static_cast<std::size_t>(n_features)),
      lambda_(lambda),
      sum_(n_languages_ * n_languages_),
      n_both_(n_languages_ * n_languages_),
      shares_(n_features_ * n_languages_) {}

void SharedFeatures::add(std::span<const PairScores> pairs) {
  for (const auto& pair : pairs) {
    const auto a = static_cast<std::size_t>(pair.language_a);
    const auto b = static_cast<std::size_t>(pair.language_b);
    ++n_both_[a * n_languages_ + b];
    if (!pair.agreement_stratified_raw) continue;
    const auto agreement = shrink(*pair.agreement_stratified_raw, pair.n_eff, lambda_);
    sum_[a * n_languages_ + b] += std::max(0.0, agreement);
    if (agreement < kSharedAgreement) continue;
    const auto row = static_cast<std::size_t>(pair.feature) * n_languages_;
    shares_[row + a] = true;
    shares_[row + b] = true;
  }
}

LanguageSimilarity SharedFeatures::similarity() const {
  const auto n = n_languages_;
  LanguageSimilarity result{static_cast<std::int32_t>(n), std::vector<std::optional<double>>(n * n),
                            n_both_};
  for (std::size_t a = 0; a < n; ++a) {
    result.similarity[a * n + a] = 1;
    for (std::size_t b = a + 1; b < n; ++b) {
      const auto count = n_both_[a * n + b];
      result.n_features[b * n + a] = count;
      if (count == 0) continue;
      result.similarity[a * n + b] = sum_[a * n + b] / static_cast<double>(count);
      result.similarity[b * n + a] = result.similarity[a * n + b];
    }
  }
  return result;
}

std::vector<std::int32_t> SharedFeatures::languages_sharing() const {
  std::vector<std::int32_t> counts(n_features_);
  for (std::size_t i = 0; i < shares_.size(); ++i) counts[i / n_languages_] += shares_[i] ? 1 : 0;
  return counts;
}

std::vector<ClusterMerge> average_linkage(const LanguageSimilarity& languages) {
  auto clusters = one_each(languages);
  std::vector<ClusterMerge> merges;
  for (auto number = languages.n_languages; clusters.number.size() > 1; ++number) {
    merges.push_back(merge_nearest(clusters, number));
  }
  return merges;
}

}  // namespace isogloss

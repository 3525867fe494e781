#include "isogloss/validation/rank_statistics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace isogloss {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// For each index, whether it is among the k best of `values`.
std::vector<bool> best(std::span<const double> values, std::size_t k) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  std::vector<bool> is_best(values.size());
  for (std::size_t i = 0; i < k; ++i) is_best[order[i]] = true;
  return is_best;
}

}  // namespace

std::optional<double> pearson(std::span<const double> a, std::span<const double> b) {
  if (a.size() < 2) return std::nullopt;
  const double mean_a = mean_of(a);
  const double mean_b = mean_of(b);
  double products = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (a[i] - mean_a) * (b[i] - mean_b);
    squares_a += (a[i] - mean_a) * (a[i] - mean_a);
    squares_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  if (squares_a == 0 || squares_b == 0) return std::nullopt;
  return std::clamp(products / std::sqrt(squares_a) / std::sqrt(squares_b), -1.0, 1.0);
}

std::optional<double> spearman(std::span<const double> a, std::span<const double> b) {
  return pearson(mean_ranks(a), mean_ranks(b));
}

std::optional<double> roc_auc(std::span<const double> positives,
                              std::span<const double> negatives) {
  if (positives.empty() || negatives.empty()) return std::nullopt;
  std::vector<double> all(positives.begin(), positives.end());
  all.insert(all.end(), negatives.begin(), negatives.end());
  const auto ranks = mean_ranks(all);
  const auto n_positive = static_cast<double>(positives.size());
  const double sum = std::accumulate(
      ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(positives.size()), 0.0);
  const double wins = sum - n_positive * (n_positive + 1) / 2;
  return wins / (n_positive * static_cast<double>(negatives.size()));
}

std::optional<double> average_precision(std::span<const double> positives,
                                        std::span<const double> negatives) {
  if (positives.empty()) return std::nullopt;
  std::vector<double> hits(positives.begin(), positives.end());
  std::vector<double> misses(negatives.begin(), negatives.end());
  std::sort(hits.begin(), hits.end(), std::greater<>());
  std::sort(misses.begin(), misses.end(), std::greater<>());
  double sum = 0;
  std::size_t n_misses = 0;
  for (std::size_t first = 0, end = 0; first < hits.size(); first = end) {
    while (end < hits.size() && hits[end] == hits[first]) ++end;
    while (n_misses < misses.size() && misses[n_misses] >= hits[first]) ++n_misses;
    const double precision = static_cast<double>(end) / static_cast<double>(end + n_misses);
    sum += static_cast<double>(end - first) * precision;
  }
  return sum / static_cast<double>(hits.size());
}

double top_overlap(std::span<const double> a, std::span<const double> b, std::size_t k) {
  const auto best_a = best(a, k);
  const auto best_b = best(b, k);
  std::size_t n_common = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n_common += best_a[i] && best_b[i] ? 1 : 0;
  return static_cast<double>(n_common) / static_cast<double>(k);
}

double spearman_brown(double r) { return 2 * r / (1 + r); }

double Repetitions::mean() const { return mean_of(values_); }

std::optional<double> Repetitions::sd() const {
  if (values_.size() < 2) return std::nullopt;
  const double center = mean();
  double squares = 0;
  for (const double value : values_) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values_.size() - 1));
}

}  // namespace isogloss

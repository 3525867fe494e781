#include "isogloss/score/bi_loss/divergence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace isogloss {
namespace {

constexpr double kScale = 100;  // from the post; also keeps exp() of a scaled activation finite

/// ln(1 + u) − u without cancellation, u > −1: the Taylor series near 0.
double log1p_minus(double u) {
  if (std::abs(u) > 0.01) return std::log1p(u) - u;
  double sum = 0;
  for (int power = 9; power >= 2; --power) sum = u * sum + (power % 2 == 0 ? -1.0 : 1.0) / power;
  return u * u * sum;
}

/// One language's share of a row's divergence in units of m, for p = m·(1 + u), ln p − ln m =
/// log_ratio. The terms linear in u sum to 0 over the languages. Without them every share is >= 0,
/// and nothing cancels when the languages are the same. Near u = −1 the logarithm is taken from
/// log_ratio.
double row_share(double u, double log_ratio, BiForm form) {
  if (form == BiForm::kCode) return u > -0.5 ? -log1p_minus(u) : u - log_ratio;
  return u > -0.5 ? (1 + u) * log1p_minus(u) + u * u : (1 + u) * log_ratio - u;
}

/// Sum over languages of a row's divergence. log_shares[l] = ln(n·p_l); `excess` is scratch.
double row_divergence(std::span<const double> log_shares, std::span<double> excess, BiForm form) {
  const double largest = *std::max_element(log_shares.begin(), log_shares.end());
  double mean_excess = 0;  // of p_l over the largest, relative to it; in (−1, 0]
  for (std::size_t l = 0; l < log_shares.size(); ++l) {
    excess[l] = std::expm1(log_shares[l] - largest);
    mean_excess += excess[l];
  }
  mean_excess /= static_cast<double>(log_shares.size());
  const double log_mixture = largest + std::log1p(mean_excess);
  double sum = 0;
  for (std::size_t l = 0; l < log_shares.size(); ++l) {
    const double u = (excess[l] - mean_excess) / (1 + mean_excess);
    sum += row_share(u, log_shares[l] - log_mixture, form);
  }
  return std::exp(log_mixture) * sum;
}

double logit(float value, double divisor) { return kScale * value / divisor; }

/// ln of the mean of exp(logit) over all rows; silent rows have logit 0. Taken as an excess over 1,
/// so that weak features keep their digits.
double log_mean_exp(const SparseColumn& column, double divisor, std::int32_t n_rows) {
  double excess = 0;
  for (const float value : column.values) excess += std::expm1(logit(value, divisor));
  return std::log1p(excess / n_rows);
}

}  // namespace

double softmax_divergence(std::span<const SparseColumn> columns, std::span<const double> divisors,
                          std::int32_t n_rows, BiForm form) {
  const auto n_languages = columns.size();
  std::vector<double> log_mean(n_languages);
  for (std::size_t l = 0; l < n_languages; ++l) {
    log_mean[l] = log_mean_exp(columns[l], divisors[l], n_rows);
  }
  constexpr auto kNoRow = std::numeric_limits<std::int32_t>::max();
  std::vector<std::size_t> next(n_languages, 0);
  std::vector<double> log_shares(n_languages);
  std::vector<double> excess(n_languages);
  std::int32_t n_silent = n_rows;
  double sum = 0;
  while (true) {
    std::int32_t row = kNoRow;
    for (std::size_t l = 0; l < n_languages; ++l) {
      if (next[l] < columns[l].size()) row = std::min(row, columns[l].rows[next[l]]);
    }
    if (row == kNoRow) break;
    for (std::size_t l = 0; l < n_languages; ++l) {
      const bool fires = next[l] < columns[l].size() && columns[l].rows[next[l]] == row;
      log_shares[l] = (fires ? logit(columns[l].values[next[l]++], divisors[l]) : 0) - log_mean[l];
    }
    sum += row_divergence(log_shares, excess, form);
    --n_silent;
  }
  if (n_silent > 0) {
    std::transform(log_mean.begin(), log_mean.end(), log_shares.begin(), std::negate<>());
    sum += n_silent * row_divergence(log_shares, excess, form);
  }
  // Shares were counted in units of 1/n; the code's form divides by n once more.
  const double divergence = sum / n_rows / static_cast<double>(n_languages);
  return form == BiForm::kText ? divergence : divergence / n_rows;
}

}  // namespace isogloss

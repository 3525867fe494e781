#include "isogloss/score/agreement/overlap_moments.h"

#include <algorithm>

namespace isogloss {
namespace {

/// Sums over the rows of a matrix min(p_s, q_r).
struct RowSums {
  double sum = 0;              ///< Σ_s R_s
  double of_squares = 0;       ///< Σ_sr a_sr²
  double squares_of_rows = 0;  ///< Σ_s R_s²
};

/// Both sides ascend: each p adds the smaller q, and itself for each of the other q.
RowSums row_sums(std::span<const double> p, std::span<const double> q) {
  RowSums sums;
  double smaller = 0;
  double smaller_squares = 0;
  std::size_t n_smaller = 0;
  for (const double share : p) {
    for (; n_smaller < q.size() && q[n_smaller] <= share; ++n_smaller) {
      smaller += q[n_smaller];
      smaller_squares += q[n_smaller] * q[n_smaller];
    }
    const auto n_larger = static_cast<double>(q.size() - n_smaller);
    const double row = smaller + share * n_larger;
    sums.sum += row;
    sums.of_squares += smaller_squares + share * share * n_larger;
    sums.squares_of_rows += row * row;
  }
  return sums;
}

double variance_in_stratum(std::span<const double> p, std::span<const double> q, double n) {
  constexpr double kRounding = 1e-12;
  const auto rows = row_sums(p, q);
  const auto columns = row_sums(q, p);
  const double centred = rows.of_squares - (rows.squares_of_rows + columns.squares_of_rows) / n +
                         rows.sum * rows.sum / (n * n);
  return centred > kRounding * rows.of_squares ? centred / (n - 1) : 0;
}

}  // namespace

std::vector<ColumnByStratum> gather_sorted(std::span<const SparseColumn> columns,
                                           StratumGatherer& gatherer) {
  std::vector<ColumnByStratum> sorted;
  for (const auto& column : columns) {
    auto& gathered = sorted.emplace_back(gatherer.gather(column));
    gathered.rows.clear();
    for (std::size_t i = 0; i < gathered.strata.size(); ++i) {
      std::sort(gathered.shares.begin() + gathered.first[i],
                gathered.shares.begin() + gathered.first[i + 1]);
    }
  }
  return sorted;
}

double expected_overlap(const ColumnByStratum& a, const ColumnByStratum& b,
                        const StratumGatherer& gatherer) {
  double expected = 0;
  for_each_common_stratum(a, b, [&](std::size_t i, std::size_t j) {
    expected += row_sums(a.shares_of(i), b.shares_of(j)).sum / gatherer.size_of(a.strata[i]);
  });
  return expected;
}

double overlap_variance(const ColumnByStratum& a, const ColumnByStratum& b,
                        const StratumGatherer& gatherer) {
  double variance = 0;
  for_each_common_stratum(a, b, [&](std::size_t i, std::size_t j) {
    const double n = gatherer.size_of(a.strata[i]);
    if (n > 1) variance += variance_in_stratum(a.shares_of(i), b.shares_of(j), n);
  });
  return variance;
}

}  // namespace isogloss

#include "isogloss/score/agreement.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace isogloss {
namespace {

double sum_of(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// M, and the number of rows that fire both, by walking the two ascending lists of rows.
void add_overlap(const SparseColumn& a, double sum_a, const SparseColumn& b, double sum_b,
                 PairAgreement& result) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a.rows[i] < b.rows[j]) {
      ++i;
    } else if (b.rows[j] < a.rows[i]) {
      ++j;
    } else {
      result.overlap += std::min(a.values[i++] / sum_a, b.values[j++] / sum_b);
      ++result.cofire;
    }
  }
}

/// Σ_s Σ_r min(p_s, q_r) over the non-zeros. With both sorted, each p_s takes the sum of all
/// smaller q and p_s itself for each of the others. The running sum is kept in units of the
/// activations and divided late: sums of like float32 values are then exact, so that two even
/// columns, each firing everywhere, give E = 1 to the bit. Sorts its arguments.
double sum_of_minima(std::span<float> p, double sum_a, std::span<float> q, double sum_b) {
  std::sort(p.begin(), p.end());
  std::sort(q.begin(), q.end());
  double total = 0;
  double sum_of_smaller = 0;
  std::size_t n_smaller = 0;
  for (const float value : p) {
    const double share = value / sum_a;
    while (n_smaller < q.size() && q[n_smaller] / sum_b <= share) sum_of_smaller += q[n_smaller++];
    total += sum_of_smaller / sum_b + share * static_cast<double>(q.size() - n_smaller);
  }
  return total;
}

/// A column's values gathered by stratum, strata ascending.
struct ByStratum {
  std::vector<std::int32_t> stratum;  ///< of each value
  std::vector<float> values;
};

ByStratum by_stratum(const SparseColumn& column, const Strata& strata) {
  std::vector<std::pair<std::int32_t, float>> entries;
  entries.reserve(column.size());
  for (std::size_t i = 0; i < column.size(); ++i) {
    entries.emplace_back(strata.of_row[static_cast<std::size_t>(column.rows[i])], column.values[i]);
  }
  std::sort(entries.begin(), entries.end());
  ByStratum result;
  for (const auto& [stratum, value] : entries) {
    result.stratum.push_back(stratum);
    result.values.push_back(value);
  }
  return result;
}

/// The values of `stratum`, and moves `next` behind them.
std::span<float> take_stratum(ByStratum& column, std::int32_t stratum, std::size_t& next) {
  while (next < column.stratum.size() && column.stratum[next] < stratum) ++next;
  const auto first = next;
  while (next < column.stratum.size() && column.stratum[next] == stratum) ++next;
  return std::span(column.values).subspan(first, next - first);
}

}  // namespace

PairAgreement pair_agreement(const SparseColumn& a, const SparseColumn& b, std::int32_t n_rows) {
  PairAgreement result;
  if (a.size() == 0 || b.size() == 0) return result;
  const double sum_a = sum_of(a.values);
  const double sum_b = sum_of(b.values);
  add_overlap(a, sum_a, b, sum_b, result);
  std::vector<float> p(a.values.begin(), a.values.end());
  std::vector<float> q(b.values.begin(), b.values.end());
  result.expected = sum_of_minima(p, sum_a, q, sum_b) / n_rows;
  if (result.expected < 1) {
    result.kappa = (result.overlap - result.expected) / (1 - result.expected);
  }
  return result;
}

double expected_overlap(const SparseColumn& a, const SparseColumn& b, const Strata& strata) {
  if (a.size() == 0 || b.size() == 0) return 0;
  const double sum_a = sum_of(a.values);
  const double sum_b = sum_of(b.values);
  auto p = by_stratum(a, strata);
  auto q = by_stratum(b, strata);
  double expected = 0;
  std::size_t next_p = 0;
  std::size_t next_q = 0;
  while (next_p < p.stratum.size()) {
    const auto stratum = p.stratum[next_p];
    const auto of_p = take_stratum(p, stratum, next_p);
    const auto of_q = take_stratum(q, stratum, next_q);
    if (of_q.empty()) continue;
    expected += sum_of_minima(of_p, sum_a, of_q, sum_b) /
                strata.size[static_cast<std::size_t>(stratum)];
  }
  return expected;
}

double effective_rows(const SparseColumn& column) {
  if (column.size() == 0) return 0;
  const double sum = sum_of(column.values);
  double squares = 0;
  for (const double value : column.values) squares += value * value;
  return sum * sum / squares;
}

double shrink(double kappa, double n_eff, double lambda) {
  return kappa * n_eff / (n_eff + lambda);
}

}  // namespace isogloss

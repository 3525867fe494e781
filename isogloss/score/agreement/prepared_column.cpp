#include "isogloss/score/agreement/prepared_column.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "isogloss/score/agreement/agreement.h"

namespace isogloss {
namespace {

/// One side's activations in one stratum, ascending.
struct MassView {
  std::span<const float> values;
  std::span<const double> shares;
};

MassView view_of(const Mass& mass) { return {mass.values, mass.shares}; }

MassView view_of(const Mass& mass, const StratumRange& range) {
  return {std::span(mass.values).subspan(range.begin, range.end - range.begin),
          std::span(mass.shares).subspan(range.begin, range.end - range.begin)};
}

/// Σ_s Σ_r min(p_s, q_r) over the non-zeros. With both ascending, each p_s adds the sum of all
/// smaller q, and p_s itself for each of the other q. The running sum is kept in units of the
/// activations and divided last: sums of equal float32 values are then exact, so two constant
/// columns that fire everywhere give exactly E = 1.
double sum_of_minima(const MassView& p, const MassView& q, double sum_q) {
  double total = 0;
  double sum_of_smaller = 0;
  std::size_t n_smaller = 0;
  for (std::size_t s = 0; s < p.shares.size(); ++s) {
    const double share = p.shares[s];
    while (n_smaller < q.shares.size() && q.shares[n_smaller] <= share) {
      sum_of_smaller += q.values[n_smaller++];
    }
    if (n_smaller == q.shares.size()) {
      return total + sum_of_smaller / sum_q * static_cast<double>(p.shares.size() - s);
    }
    total += sum_of_smaller / sum_q + share * static_cast<double>(q.shares.size() - n_smaller);
  }
  return total;
}

/// Σ_i min(i-th largest p, i-th largest q).
double comonotone_overlap(const MassView& p, const MassView& q) {
  const auto n = std::min(p.shares.size(), q.shares.size());
  const auto* of_p = p.shares.data() + (p.shares.size() - n);
  const auto* of_q = q.shares.data() + (q.shares.size() - n);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) total += std::min(of_p[i], of_q[i]);
  return total;
}

/// Calls visit(range of a, range of b) for every stratum in which both fire.
template <class Visit>
void visit_common_strata(const PreparedColumn& a, const PreparedColumn& b, const Visit& visit) {
  auto i = a.ranges.begin();
  auto j = b.ranges.begin();
  while (i != a.ranges.end() && j != b.ranges.end()) {
    if (i->stratum < j->stratum) {
      ++i;
    } else if (j->stratum < i->stratum) {
      ++j;
    } else {
      visit(*i++, *j++);
    }
  }
}

Mass mass_of(std::vector<float> values, double sum) {
  Mass mass{std::move(values), {}};
  mass.shares.reserve(mass.values.size());
  for (const float value : mass.values) mass.shares.push_back(value / sum);
  return mass;
}

/// Fills by_stratum and ranges. Positive floats order as their bits do, so stratum and value can be
/// sorted as one integer.
void sort_by_stratum(PreparedColumn& prepared, const Strata& strata) {
  const auto& column = prepared.column;
  std::vector<std::uint64_t> keys;
  keys.reserve(column.size());
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto stratum = strata.of_row[static_cast<std::size_t>(column.rows[i])];
    keys.push_back(std::uint64_t{static_cast<std::uint32_t>(stratum)} << 32 |
                   std::bit_cast<std::uint32_t>(column.values[i]));
  }
  std::sort(keys.begin(), keys.end());
  std::vector<float> values;
  values.reserve(keys.size());
  for (const auto key : keys) {
    const auto stratum = static_cast<std::int32_t>(key >> 32);
    const auto at = static_cast<std::uint32_t>(values.size());
    if (prepared.ranges.empty() || prepared.ranges.back().stratum != stratum) {
      prepared.ranges.push_back({stratum, at, at});
    }
    ++prepared.ranges.back().end;
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(key)));
  }
  prepared.by_stratum = mass_of(std::move(values), prepared.sum);
}

}  // namespace

PreparedColumn prepare_column(const SparseColumn& column, const Strata& strata) {
  PreparedColumn prepared;
  prepared.column = column;
  prepared.sum = std::accumulate(column.values.begin(), column.values.end(), 0.0);
  prepared.n_eff = effective_rows(column);
  for (const float value : column.values) prepared.shares.push_back(value / prepared.sum);
  std::vector<float> values(column.values.begin(), column.values.end());
  std::sort(values.begin(), values.end());
  prepared.ascending = mass_of(std::move(values), prepared.sum);
  if (strata.n_strata() > 1) sort_by_stratum(prepared, strata);
  return prepared;
}

std::vector<PreparedColumn> prepare_feature(const Maxima& maxima, std::int32_t feature,
                                            const Strata& strata) {
  std::vector<PreparedColumn> columns;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    columns.push_back(prepare_column(maxima.column(l, feature), strata));
  }
  return columns;
}

CommonMass common_mass(const PreparedColumn& a, const PreparedColumn& b) {
  CommonMass common;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const auto row_a = a.column.rows[i];
    const auto row_b = b.column.rows[j];
    if (row_a == row_b) {
      common.overlap += std::min(a.shares[i], b.shares[j]);
      ++common.cofire;
    }
    i += row_a <= row_b;
    j += row_b <= row_a;
  }
  return common;
}

OverlapBounds overlap_bounds(const PreparedColumn& a, const PreparedColumn& b,
                             std::int32_t n_rows) {
  const auto p = view_of(a.ascending);
  const auto q = view_of(b.ascending);
  return {sum_of_minima(p, q, b.sum) / n_rows, comonotone_overlap(p, q)};
}

OverlapBounds overlap_bounds(const PreparedColumn& a, const PreparedColumn& b,
                             const Strata& strata) {
  if (strata.n_strata() == 1) return overlap_bounds(a, b, strata.n_rows());
  OverlapBounds bounds;
  visit_common_strata(a, b, [&](const StratumRange& of_a, const StratumRange& of_b) {
    const auto p = view_of(a.by_stratum, of_a);
    const auto q = view_of(b.by_stratum, of_b);
    bounds.expected +=
        sum_of_minima(p, q, b.sum) / strata.size[static_cast<std::size_t>(of_a.stratum)];
    bounds.attainable += comonotone_overlap(p, q);
  });
  return bounds;
}

std::vector<StratumCounts> common_strata(const PreparedColumn& a, const PreparedColumn& b,
                                         const Strata& strata) {
  std::vector<StratumCounts> counts;
  if (strata.n_strata() == 1) {
    counts.push_back({strata.n_rows(), static_cast<std::int64_t>(a.size()),
                      static_cast<std::int64_t>(b.size())});
  }
  visit_common_strata(a, b, [&](const StratumRange& of_a, const StratumRange& of_b) {
    counts.push_back({strata.size[static_cast<std::size_t>(of_a.stratum)],
                      std::int64_t{of_a.end - of_a.begin}, std::int64_t{of_b.end - of_b.begin}});
  });
  return counts;
}

}  // namespace isogloss

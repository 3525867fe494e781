#include "isogloss/score/agreement/strict_agreement.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "isogloss/score/agreement/agreement.h"

namespace isogloss {
namespace {

using Shares = std::span<const double>;  ///< of one language's firing rows, ascending

/// n ∫₀^∞ Π_l S_l(t) dt over `n` rows: the integrand steps down at each share and ends with the
/// first language to run out of rows.
double expected_minimum_sum(std::span<const Shares> languages, double n) {
  std::vector<std::size_t> passed(languages.size());  // shares <= t of each language
  double integral = 0;
  double t = 0;
  for (;;) {
    double product = 1;
    std::size_t lowest = 0;
    for (std::size_t l = 0; l < languages.size(); ++l) {
      const auto left = languages[l].size() - passed[l];
      if (left == 0) return n * integral;
      product *= static_cast<double>(left) / n;
      if (languages[l][passed[l]] < languages[lowest][passed[lowest]]) lowest = l;
    }
    const double next = languages[lowest][passed[lowest]++];
    integral += (next - t) * product;
    t = next;
  }
}

double expected_plain(std::span<const PreparedColumn> columns, std::int32_t n_rows) {
  std::vector<Shares> languages;
  for (const auto& column : columns) languages.emplace_back(column.ascending.shares);
  return expected_minimum_sum(languages, n_rows);
}

double expected_within(std::span<const PreparedColumn> columns, const Strata& strata) {
  if (strata.n_strata() == 1) return expected_plain(columns, strata.n_rows());
  std::vector<std::size_t> next(columns.size());  // range of each language
  std::vector<Shares> languages(columns.size());
  double expected = 0;
  for (const auto& range : columns[0].ranges) {
    bool all_fire = true;
    for (std::size_t l = 0; l < columns.size(); ++l) {
      const auto& ranges = columns[l].ranges;
      while (next[l] < ranges.size() && ranges[next[l]].stratum < range.stratum) ++next[l];
      if (next[l] == ranges.size()) return expected;
      const auto& found = ranges[next[l]];
      all_fire = all_fire && found.stratum == range.stratum;
      languages[l] =
          Shares(columns[l].by_stratum.shares).subspan(found.begin, found.end - found.begin);
    }
    if (!all_fire) continue;
    expected +=
        expected_minimum_sum(languages, strata.size[static_cast<std::size_t>(range.stratum)]);
  }
  return expected;
}

/// Σ_s min_l p_l[s], by walking the first language's rows and looking them up in the others'.
double strict_overlap(std::span<const PreparedColumn> columns) {
  std::vector<std::size_t> next(columns.size());
  double overlap = 0;
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    const auto row = columns[0].column.rows[i];
    double smallest = columns[0].shares[i];
    for (std::size_t l = 1; l < columns.size() && smallest > 0; ++l) {
      const auto rows = columns[l].column.rows;
      while (next[l] < rows.size() && rows[next[l]] < row) ++next[l];
      const bool fires = next[l] < rows.size() && rows[next[l]] == row;
      smallest = fires ? std::min(smallest, columns[l].shares[next[l]]) : 0;
    }
    overlap += smallest;
  }
  return overlap;
}

}  // namespace

StrictAgreement strict_agreement(std::span<const PreparedColumn> columns, const Strata& strata) {
  StrictAgreement result;
  if (std::any_of(columns.begin(), columns.end(), [](const auto& c) { return c.size() == 0; })) {
    return result;
  }
  result.overlap = strict_overlap(columns);
  result.overlap_expected = expected_plain(columns, strata.n_rows());
  result.overlap_expected_stratified = expected_within(columns, strata);
  result.agreement_raw = chance_corrected(result.overlap, result.overlap_expected);
  result.agreement_stratified_raw =
      chance_corrected(result.overlap, result.overlap_expected_stratified);
  return result;
}

}  // namespace isogloss

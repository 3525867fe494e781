#include "isogloss/score/agreement/feature_pairs.h"

#include <algorithm>

#include "isogloss/numeric/hypergeometric.h"
#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/agreement/prepared_column.h"
#include "isogloss/score/cofiring/stratified_tail.h"

namespace isogloss {
namespace {

PairScores score_pair(const PreparedColumn& a, const PreparedColumn& b, const Strata& strata) {
  const auto fires_a = static_cast<std::int64_t>(a.size());
  const auto fires_b = static_cast<std::int64_t>(b.size());
  const auto common = common_mass(a, b);
  const auto plain = overlap_bounds(a, b, strata.n_rows());
  PairScores scores;
  scores.overlap = common.overlap;
  scores.overlap_expected = plain.expected;
  scores.agreement_raw = chance_corrected(common.overlap, plain.expected);
  scores.attainable = chance_corrected(plain.attainable, plain.expected);
  scores.n_eff = 2 / (1 / a.n_eff + 1 / b.n_eff);
  scores.containment = common.cofire / static_cast<double>(std::min(fires_a, fires_b));
  scores.cofire = common.cofire;
  scores.p_cofire = hypergeometric_tail(common.cofire, fires_a, fires_b, strata.n_rows());
  if (strata.n_strata() == 1) {
    scores.overlap_expected_stratified = scores.overlap_expected;
    scores.agreement_stratified_raw = scores.agreement_raw;
    scores.attainable_stratified = scores.attainable;
    scores.p_cofire_stratified = scores.p_cofire;
    return scores;
  }
  const auto within = overlap_bounds(a, b, strata);
  scores.overlap_expected_stratified = within.expected;
  scores.agreement_stratified_raw = chance_corrected(common.overlap, within.expected);
  scores.attainable_stratified = chance_corrected(within.attainable, within.expected);
  if (common.cofire > 0) {
    scores.p_cofire_stratified =
        stratified_hypergeometric_tail(common.cofire, common_strata(a, b, strata));
  }
  return scores;
}

}  // namespace

std::vector<PairScores> feature_pairs(std::int32_t feature, std::span<const PreparedColumn> columns,
                                      const Strata& strata) {
  std::vector<PairScores> pairs;
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      if (columns[a].size() == 0 || columns[b].size() == 0) continue;
      pairs.push_back(score_pair(columns[a], columns[b], strata));
      pairs.back().feature = feature;
      pairs.back().language_a = static_cast<std::int32_t>(a);
      pairs.back().language_b = static_cast<std::int32_t>(b);
    }
  }
  return pairs;
}

}  // namespace isogloss

// Area under the ROC curve as a rank sum: Hanley & McNeil, "The meaning and use of the area under a
// receiver operating characteristic (ROC) curve", Radiology 143 (1982); Mann & Whitney (1947), ties
// counting half. Of the rows A that fire one language and the n − |A| that do not, it is the
// probability that a row of A is the stronger in the other language:
//   (Σ_{s∈A} rank(y_s) − |A|(|A| + 1)/2)/(|A|(n − |A|)).
// Why not the area by which min(p_s, q_r) tells true pairs (s, s) from false ones: of n true pairs
// all but those that co-fire score 0, as nearly all false ones do, so that it could not exceed ½ by
// more than half the share of rows that co-fire, and would rank by density.
// The mean of both directions; ½ is chance at any density. A direction is undefined where its
// target fires on every row; the other then stands alone.
#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"
#include "isogloss/score/measures/ranked_column_internal.h"

namespace isogloss {
namespace {

/// `sum_of_ranks_above_zeros` is over the rows in A, doubled, as RankedColumn counts them.
/// `n_zeros` of the scores are zero.
double area(double sum_of_ranks_above_zeros, double n_target, double n_zeros, double n) {
  const double rank_sum = (sum_of_ranks_above_zeros + n_target * (n_zeros + 1)) / 2;
  return (rank_sum - n_target * (n_target + 1) / 2) / (n_target * (n - n_target));
}

std::optional<double> pair_auroc(const RankedColumn& a, const RankedColumn& b, double n) {
  double sum_a = 0;  // over the rows that fire b, and the other way round
  double sum_b = 0;
  visit_common_rows(a.column, b.column, [&](std::size_t i, std::size_t j) {
    sum_a += a.above_zeros[i];
    sum_b += b.above_zeros[j];
  });
  const auto n_a = static_cast<double>(a.size());
  const auto n_b = static_cast<double>(b.size());
  double areas = 0;
  int n_directions = 0;
  if (n_b < n) {
    areas += area(sum_a, n_b, n - n_a, n);
    ++n_directions;
  }
  if (n_a < n) {
    areas += area(sum_b, n_a, n - n_b, n);
    ++n_directions;
  }
  if (n_directions == 0) return std::nullopt;
  return areas / n_directions;
}

std::optional<double> auroc_of(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  return mean_over_pairs(rank_columns(columns, n_rows),
                         [&](const RankedColumn& a, const RankedColumn& b) {
                           return pair_auroc(a, b, static_cast<double>(n_rows));
                         });
}

}  // namespace

constinit const MeasureDefinition measure::auroc = {
    .name = "auroc",
    .description = "how well strength in one language tells which sentences fire the other",
    .source = "Hanley & McNeil 1982",
    .of_sentences = auroc_of,
};

}  // namespace isogloss

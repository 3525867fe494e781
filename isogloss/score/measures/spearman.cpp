// Spearman, "The proof and measurement of association between two things", American Journal of
// Psychology 15 (1904): Pearson's correlation of the ranks, with mean ranks for ties. Pearson's
// does not see a shift or a factor, so ranks are counted from the zeros' and doubled: only rows
// that fire enter the sums.
// Undefined where a side has the same value on every row.
#include <cmath>

#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"
#include "isogloss/score/measures/ranked_column_internal.h"

namespace isogloss {
namespace {

std::optional<double> spearman_of(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  const double n = n_rows;
  return mean_over_pairs(
      rank_columns(columns, n_rows),
      [&](const RankedColumn& a, const RankedColumn& b) -> std::optional<double> {
        if (a.constant || b.constant) return std::nullopt;
        double products = 0;
        visit_common_rows(a.column, b.column, [&](std::size_t i, std::size_t j) {
          products += a.above_zeros[i] * b.above_zeros[j];
        });
        const double variance_a = a.sum_of_squares - a.sum * (a.sum / n);
        const double variance_b = b.sum_of_squares - b.sum * (b.sum / n);
        return (products - a.sum * (b.sum / n)) / std::sqrt(variance_a * variance_b);
      });
}

}  // namespace

constinit const MeasureDefinition measure::spearman = {
    .name = "spearman",
    .description = "rank correlation of sentence maxima, zeros and ties included",
    .source = "Spearman 1904",
    .is_weight = true,
    .chance_is_zero = true,
    .of_sentences = spearman_of,
};

}  // namespace isogloss

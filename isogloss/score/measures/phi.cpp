// φ of a 2×2 table: Yule, "On the methods of measuring association between two attributes", Journal
// of the Royal Statistical Society 75 (1912); Matthews' correlation, Biochimica et Biophysica Acta
// 405 (1975). With a, b and i of n rows firing one, the other and both:
//   φ = (i·n − a·b)/√(a b (n − a)(n − b)).
// Undefined where a side fires on every row.
#include <cmath>

#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

std::optional<double> phi_of(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  return mean_over_pairs(
      columns, [&](const SparseColumn& a, const SparseColumn& b) -> std::optional<double> {
        const std::int64_t n = n_rows;
        const auto n_a = static_cast<std::int64_t>(a.size());
        const auto n_b = static_cast<std::int64_t>(b.size());
        if (n_a == n || n_b == n) return std::nullopt;
        const auto above = static_cast<double>(co_firing(a, b) * n - n_a * n_b);  // exact in int64
        const auto spread_a = static_cast<double>(n_a * (n - n_a));
        const auto spread_b = static_cast<double>(n_b * (n - n_b));
        return above / std::sqrt(spread_a * spread_b);
      });
}

}  // namespace

constinit const MeasureDefinition measure::phi = {
    .name = "phi",
    .description = "correlation of firing (Matthews')",
    .source = "Yule 1912; Matthews 1975",
    .is_weight = true,
    .chance_is_zero = true,
    .of_sentences = phi_of,
};

}  // namespace isogloss

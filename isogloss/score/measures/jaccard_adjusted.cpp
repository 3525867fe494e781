// Jaccard corrected for chance as Hubert & Arabie, "Comparing partitions", Journal of
// Classification 2 (1985), correct Rand's index: (index − expected)/(maximum − expected).
// The expectation is exact: with a and b of n rows firing and all pairings equally likely, the rows
// x that fire both are hypergeometric, E[J] = Σ_x P(x)·x/(a + b − x). The ratio of expectations,
// (ab/n)/(a + b − ab/n), is another number, off by half where counts are small.
// Undefined where E[J] = 1: both languages fire on every row.
#include <algorithm>
#include <limits>

#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

/// One side fires on a of n rows, the other on b; 1 <= a, b <= n.
struct Margins {
  double a;
  double b;
  double n;

  /// 1 − J when both fire on x rows.
  double distance(double x) const { return (a + b - 2 * x) / (a + b - x); }
  /// P(x + 1)/P(x)
  double ratio_up(double x) const { return (a - x) * (b - x) / ((x + 1) * (n - a - b + x + 1)); }
};

struct Expectation {
  double weight = 0;    ///< Σ P(x), in units of the largest
  double distance = 0;  ///< Σ P(x)·(1 − J(x))
};

/// Adds the terms after `mode` on the way to `last`. Away from the mode the ratios of neighbours
/// fall, so a geometric series bounds what is left; 1 − J is at most 1, so relative to the sum of
/// distances it is negligible for both sums.
void add_falling(const Margins& margins, std::int64_t mode, std::int64_t last, Expectation& sum) {
  constexpr double kNegligible = std::numeric_limits<double>::epsilon() / 16;
  const std::int64_t step = mode <= last ? 1 : -1;
  double term = 1;
  for (auto x = mode; x != last; x += step) {
    const auto from = static_cast<double>(x);
    const double ratio = step > 0 ? margins.ratio_up(from) : 1 / margins.ratio_up(from - 1);
    term *= ratio;
    sum.weight += term;
    sum.distance += term * margins.distance(from + static_cast<double>(step));
    if (term <= sum.distance * kNegligible * (1 - ratio)) break;
  }
}

/// E[1 − J]
double expected_distance(std::int64_t a, std::int64_t b, std::int64_t n) {
  const Margins margins{static_cast<double>(a), static_cast<double>(b), static_cast<double>(n)};
  const auto lowest = std::max<std::int64_t>(0, a + b - n);
  const auto highest = std::min(a, b);
  const auto mode = std::clamp((a + 1) * (b + 1) / (n + 2), lowest, highest);
  Expectation sum{1, margins.distance(static_cast<double>(mode))};
  add_falling(margins, mode, highest, sum);
  add_falling(margins, mode, lowest, sum);
  return sum.distance / sum.weight;
}

std::optional<double> jaccard_adjusted_of(std::span<const SparseColumn> columns,
                                          std::int32_t n_rows) {
  return mean_over_pairs(
      columns, [&](const SparseColumn& a, const SparseColumn& b) -> std::optional<double> {
        const auto n_a = static_cast<std::int64_t>(a.size());
        const auto n_b = static_cast<std::int64_t>(b.size());
        const double expected = expected_distance(n_a, n_b, n_rows);
        if (expected == 0) return std::nullopt;
        const auto common = co_firing(a, b);
        const double distance =
            static_cast<double>(n_a + n_b - 2 * common) / static_cast<double>(n_a + n_b - common);
        // Distances cancel only near 0, not where all but a few rows fire.
        return 1 - distance / expected;
      });
}

}  // namespace

constinit const MeasureDefinition measure::jaccard_adjusted = {
    .name = "jaccard_adjusted",
    .description = "Jaccard corrected for chance, its expectation exact",
    .source = "Hubert & Arabie 1985, on Jaccard",
    .is_weight = true,
    .chance_is_zero = true,
    .of_sentences = jaccard_adjusted_of,
};

}  // namespace isogloss

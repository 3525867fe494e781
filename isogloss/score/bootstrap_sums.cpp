#include <algorithm>
#include <limits>

#include "isogloss/score/bootstrap_sums_internal.h"

namespace isogloss {
namespace {

inline void smaller_of(const Lanes& x, const Lanes& y, Lanes& smaller) {
  smaller.v = x.v < y.v ? x.v : y.v;
}

}  // namespace

ScaleRatio ratio_of_scales(const Lanes& mass_a, const Lanes& mass_b) {
  ScaleRatio ratio{std::numeric_limits<double>::infinity(), 0};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (mass_a[lane] == 0 || mass_b[lane] == 0) continue;
    const double of_lane = mass_a[lane] / mass_b[lane];
    ratio.lowest = std::min(ratio.lowest, of_lane);
    ratio.highest = std::max(ratio.highest, of_lane);
  }
  return ratio;
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void drawn_mass(const SparseColumn& column, const float* group, Lanes& mass) {
  Lanes drawn;
  Lanes weight;
  double all = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const double value = column.values[i];
    load_counts(group, column.rows[i], weight);
    drawn.v += weight.v * value;
    all += value;
  }
  mass.v = drawn.v / all;
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void draw_rows(std::span<const std::int32_t> rows, const float* group, const Lanes& mass,
               DrawnStratum& stratum) {
  stratum.drawn.resize(rows.size());
  stratum.weight.resize(rows.size());
  const Lanes scale{1 / mass.v};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    load_counts(group, rows[i], stratum.weight[i]);
    stratum.drawn[i].v = stratum.share[i] * scale.v;
  }
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void weighted_sum_of_minima(const DrawnStratum& a, const DrawnStratum& b, const ScaleRatio& ratio,
                            Lanes& sum) {
  Lanes smaller;  // Σ v q* of the entries of b that every lane has below the entry of a
  Lanes larger;   // Σ v of those that every lane has above it
  for (const auto& weight : b.weight) larger.v += weight.v;
  Lanes total;
  std::size_t low = 0;
  std::size_t high = 0;
  Lanes least;
  for (std::size_t i = 0; i < a.share.size(); ++i) {
    const double share = a.share[i];
    for (; low < b.share.size() && b.share[low] * ratio.highest <= share; ++low) {
      smaller.v += b.weight[low].v * b.drawn[low].v;
    }
    for (; high < b.share.size() && b.share[high] * ratio.lowest <= share; ++high) {
      larger.v -= b.weight[high].v;
    }
    Lanes of_entry{smaller.v + larger.v * a.drawn[i].v};
    for (std::size_t j = low; j < high; ++j) {
      smaller_of(a.drawn[i], b.drawn[j], least);
      of_entry.v += b.weight[j].v * least.v;
    }
    total.v += a.weight[i].v * of_entry.v;
  }
  sum = total;
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void add_stratum(const DrawnStratum& a, const DrawnStratum& b, const ScaleRatio& ratio,
                 std::span<const Meeting> meetings, const StratumFactors& factors,
                 OverlapSums& sums) {
  Lanes with_itself{};
  Lanes with_copies{};
  Lanes least;
  for (const auto& [in_a, in_b] : meetings) {
    smaller_of(a.drawn[in_a], b.drawn[in_b], least);
    least.v *= a.weight[in_a].v;
    with_itself.v += least.v;
    with_copies.v += a.weight[in_a].v * least.v;
  }
  Lanes with_any;
  weighted_sum_of_minima(a, b, ratio, with_any);
  sums.observed.v += with_itself.v;
  sums.expected.v +=
      with_itself.v / factors.size + factors.others_factor.v * (with_any.v - with_copies.v);
}

}  // namespace isogloss

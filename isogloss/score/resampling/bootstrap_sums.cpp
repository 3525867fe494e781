#include <algorithm>
#include <array>
#include <limits>

#include "isogloss/score/resampling/bootstrap_sums_internal.h"

namespace isogloss {
namespace {

/// For numbers ≥ 0, which order as their bits do: processors have more units for integers.
inline void take_smaller(const Lanes::Vector& x, const Lanes::Vector& y, Lanes::Vector& smaller) {
  const auto a = (Lanes::Bits)x;
  const auto b = (Lanes::Bits)y;
  smaller = (Lanes::Vector)(a < b ? a : b);
}

/// The entries low … high − 1 of `b`, whose order relative to some entries of a depends on the
/// lane.
struct Band {
  const DrawnStratum& b;
  const ScaleRatio& ratio;
  Lanes smaller{};  ///< Σ v q* of the entries below the band: smaller in every lane
  Lanes larger{};   ///< Σ v of those above it
  std::size_t low = 0;
  std::size_t high = 0;

  inline void move_to(double least_share, double most_share) {
    for (; low < b.share.size() && b.share[low] * ratio.highest <= least_share; ++low) {
      smaller.v += b.weight[low].v * b.drawn[low].v;
    }
    for (; high < b.share.size() && b.share[high] * ratio.lowest <= most_share; ++high) {
      larger.v -= b.weight[high].v;
    }
  }
};

/// Adds Σ_j w_i v_j min(p*_i, q*_j) for n entries of `a` from `first` on. They share the band, so
/// each entry of b is loaded only once.
template <std::size_t n>
inline void add_entries(const DrawnStratum& a, std::size_t first, Band& band, Lanes& sum) {
  band.move_to(a.share[first], a.share[first + n - 1]);
  std::array<Lanes::Vector, n> drawn;
  std::array<Lanes::Vector, n> of_entry;
  for (std::size_t k = 0; k < n; ++k) {
    drawn[k] = a.drawn[first + k].v;
    of_entry[k] = band.smaller.v + band.larger.v * drawn[k];
  }
  for (std::size_t j = band.low; j < band.high; ++j) {
    const auto of_b = band.b.drawn[j].v;
    const auto weight = band.b.weight[j].v;
    for (std::size_t k = 0; k < n; ++k) {
      Lanes::Vector smaller;
      take_smaller(drawn[k], of_b, smaller);
      of_entry[k] += weight * smaller;
    }
  }
  for (std::size_t k = 0; k < n; ++k) sum.v += a.weight[first + k].v * of_entry[k];
}

}  // namespace

ScaleRatio ratio_of_scales(const Lanes& mass_a, const Lanes& mass_b) {
  ScaleRatio ratio{std::numeric_limits<double>::infinity(), 0};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (mass_a[lane] == 0 || mass_b[lane] == 0) continue;
    const double of_lane = double{mass_a[lane]} / double{mass_b[lane]};
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
    load_counts(group, column.rows[i], weight);
    drawn.v += weight.v * column.values[i];
    all += double{column.values[i]};
  }
  mass.v = drawn.v / static_cast<float>(all);
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void draw_rows(std::span<const std::int32_t> rows, const float* group, const Lanes& mass,
               DrawnStratum& stratum) {
  stratum.drawn.resize(rows.size());
  stratum.weight.resize(rows.size());
  const Lanes scale{1 / mass.v};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    load_counts(group, rows[i], stratum.weight[i]);
    stratum.drawn[i].v = static_cast<float>(stratum.share[i]) * scale.v;
  }
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void weighted_sum_of_minima(const DrawnStratum& a, const DrawnStratum& b, const ScaleRatio& ratio,
                            Lanes& sum) {
  Band band{b, ratio};
  for (const auto& weight : b.weight) band.larger.v += weight.v;
  sum = Lanes{};
  std::size_t i = 0;
  for (; i + 4 <= a.share.size(); i += 4) add_entries<4>(a, i, band, sum);
  for (; i < a.share.size(); ++i) add_entries<1>(a, i, band, sum);
}

ISOGLOSS_FOR_EACH_INSTRUCTION_SET
void add_stratum(const DrawnStratum& a, const DrawnStratum& b, const ScaleRatio& ratio,
                 std::span<const CommonRow> common_rows, const StratumFactors& factors,
                 OverlapSums& sums) {
  Lanes with_itself{};
  Lanes with_copies{};
  Lanes least;
  for (const auto& [in_a, in_b] : common_rows) {
    take_smaller(a.drawn[in_a].v, b.drawn[in_b].v, least.v);
    least.v *= a.weight[in_a].v;
    with_itself.v += least.v;
    with_copies.v += a.weight[in_a].v * least.v;
  }
  Lanes with_any;
  weighted_sum_of_minima(a, b, ratio, with_any);
  sums.observed.v += with_itself.v;
  sums.expected.v += with_itself.v / static_cast<float>(factors.size) +
                     factors.others_factor.v * (with_any.v - with_copies.v);
}

}  // namespace isogloss

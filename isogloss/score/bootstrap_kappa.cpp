#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "isogloss/score/bootstrap_kappa_internal.h"
#include "isogloss/score/overlap_moments_internal.h"

namespace isogloss {
namespace {

/// 1 − E below this is rounding: E = 1.
constexpr double kNoRoom = 1e-12;

void sort_by_share(ColumnByStratum& column) {
  std::vector<std::pair<double, std::int32_t>> entries;
  for (std::size_t i = 0; i < column.strata.size(); ++i) {
    const auto begin = static_cast<std::size_t>(column.first[i]);
    const auto end = static_cast<std::size_t>(column.first[i + 1]);
    entries.clear();
    for (auto k = begin; k < end; ++k) entries.emplace_back(column.shares[k], column.rows[k]);
    std::sort(entries.begin(), entries.end());
    for (auto k = begin; k < end; ++k) {
      std::tie(column.shares[k], column.rows[k]) = entries[k - begin];
    }
  }
}

}  // namespace

ResampledStrata::ResampledStrata(const Strata& strata, const Resamples& resamples)
    : resamples_(&resamples), size_(strata.size.begin(), strata.size.end()) {
  const auto n_strata = size_.size();
  others_factor_.resize(static_cast<std::size_t>(resamples.n_resamples) * n_strata);
  std::vector<double> rows(n_strata);
  std::vector<double> squares(n_strata);
  for (std::int32_t b = 0; b < resamples.n_resamples; ++b) {
    std::fill(rows.begin(), rows.end(), 0.0);
    std::fill(squares.begin(), squares.end(), 0.0);
    const auto counts = resamples.of(b);
    for (std::size_t s = 0; s < counts.size(); ++s) {
      const auto g = static_cast<std::size_t>(strata.of_row[s]);
      rows[g] += counts[s];
      squares[g] += counts[s] * counts[s];
    }
    for (std::size_t g = 0; g < n_strata; ++g) {
      const double pairs = rows[g] * rows[g] - squares[g];
      if (pairs == 0) continue;
      others_factor_[static_cast<std::size_t>(b) * n_strata + g] =
          (1 - 1 / size_[g]) * rows[g] / pairs;
    }
  }
}

BootstrapKappa::BootstrapKappa(std::span<const SparseColumn> columns, const ResampledStrata& shared,
                               StratumGatherer& gatherer)
    : shared_(&shared), drawn_(columns.size()) {
  std::vector<ColumnByStratum> by_row;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    by_row.push_back(gatherer.gather(columns[c]));
    columns_.push_back(by_row[c]);
    sort_by_share(columns_[c]);
    drawn_[c].share.resize(columns[c].size());
    drawn_[c].weight.resize(columns[c].size());
    drawn_[c].first.resize(columns_[c].first.size());
  }
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      if (1 - expected_overlap(columns_[a], columns_[b], gatherer) < kNoRoom) continue;
      pairs_.push_back(make_pair(by_row, a, b));
    }
  }
}

BootstrapKappa::Pair BootstrapKappa::make_pair(std::span<const ColumnByStratum> by_row,
                                               std::size_t a, std::size_t b) {
  Pair pair{a, b, {}, {}};
  for_each_common_stratum(by_row[a], by_row[b], [&](std::size_t i, std::size_t j) {
    const auto end_a = static_cast<std::size_t>(by_row[a].first[i + 1]);
    const auto end_b = static_cast<std::size_t>(by_row[b].first[j + 1]);
    auto k = static_cast<std::size_t>(by_row[a].first[i]);
    auto l = static_cast<std::size_t>(by_row[b].first[j]);
    while (k < end_a && l < end_b) {
      if (by_row[a].rows[k] == by_row[b].rows[l]) {
        pair.meetings.push_back({by_row[a].rows[k], by_row[a].shares[k], by_row[b].shares[l]});
        ++k;
        ++l;
      } else {
        ++(by_row[a].rows[k] < by_row[b].rows[l] ? k : l);
      }
    }
    pair.common.push_back(
        {static_cast<std::size_t>(by_row[a].strata[i]), i, j, pair.meetings.size()});
  });
  return pair;
}

std::optional<double> BootstrapKappa::of(std::int32_t resample) {
  const auto counts = shared_->resamples().of(resample);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (!draw(columns_[c], counts, drawn_[c])) return std::nullopt;
  }
  double sum = 0;
  for (const auto& pair : pairs_) {
    const auto of_pair = kappa(pair, resample);
    if (!of_pair) return std::nullopt;
    sum += *of_pair;
  }
  return sum / static_cast<double>(pairs_.size());
}

bool BootstrapKappa::draw(const ColumnByStratum& column, std::span<const std::uint8_t> counts,
                          Drawn& drawn) {
  std::size_t n_drawn = 0;
  double sum = 0;
  std::size_t k = 0;
  for (std::size_t i = 0; i < column.strata.size(); ++i) {
    drawn.first[i] = n_drawn;
    for (; k < static_cast<std::size_t>(column.first[i + 1]); ++k) {
      const std::int64_t count = counts[static_cast<std::size_t>(column.rows[k])];
      drawn.share[n_drawn] = column.shares[k];
      drawn.weight[n_drawn] = count;
      n_drawn += count != 0;
      sum += static_cast<double>(count) * column.shares[k];
    }
  }
  drawn.first[column.strata.size()] = n_drawn;
  if (n_drawn == 0) return false;
  drawn.scale = 1 / sum;
  for (std::size_t i = 0; i < n_drawn; ++i) drawn.share[i] *= drawn.scale;
  return true;
}

std::optional<double> BootstrapKappa::kappa(const Pair& pair, std::int32_t resample) const {
  const auto counts = shared_->resamples().of(resample);
  const auto& a = drawn_[pair.a];
  const auto& b = drawn_[pair.b];
  double overlap = 0;
  double expected = 0;
  std::size_t m = 0;
  for (const auto& common : pair.common) {
    double with_itself = 0;
    double with_copies = 0;
    for (; m < common.end_meeting; ++m) {
      const auto& meeting = pair.meetings[m];
      const double count = counts[static_cast<std::size_t>(meeting.row)];
      const double both = count * std::min(meeting.a * a.scale, meeting.b * b.scale);
      with_itself += both;
      with_copies += count * both;
    }
    const double with_any =
        weighted_sum_of_minima(a.shares_of(common.in_a), a.weights_of(common.in_a),
                               b.shares_of(common.in_b), b.weights_of(common.in_b));
    overlap += with_itself;
    expected += with_itself / shared_->size(common.stratum) +
                shared_->others_factor(resample, common.stratum) * (with_any - with_copies);
  }
  const double room = 1 - expected;
  if (room < kNoRoom) return std::nullopt;
  return (overlap - expected) / room;
}

// ∫ W(t)·V(t) dt, where W(t) is the weight of all x > t and V(t) that of all y > t: it changes only
// at the values. Branches on the order of two lists would be guessed wrong half the time.
double weighted_sum_of_minima(std::span<const double> x, std::span<const std::int64_t> w,
                              std::span<const double> y, std::span<const std::int64_t> v) {
  auto above_w = std::accumulate(w.begin(), w.end(), std::int64_t{0});
  auto above_v = std::accumulate(v.begin(), v.end(), std::int64_t{0});
  double total = 0;
  double reached = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < x.size() && j < y.size()) {
    const std::int64_t take_x = x[i] <= y[j];
    const double next = std::min(x[i], y[j]);
    total += (next - reached) * static_cast<double>(above_w * above_v);
    reached = next;
    above_w -= w[i] & -take_x;
    above_v -= v[j] & (take_x - 1);
    i += static_cast<std::size_t>(take_x);
    j += static_cast<std::size_t>(1 - take_x);
  }
  return total;
}

}  // namespace isogloss

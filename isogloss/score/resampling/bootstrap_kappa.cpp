#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/agreement/overlap_moments.h"
#include "isogloss/score/resampling/bootstrap_kappa_internal.h"

namespace isogloss {
namespace {

/// Sums are in single precision, so a 1 − E* below this is rounding: E* counts as 1.
constexpr double kNoRoomInResample = 1e-5;
constexpr auto kNowhere = static_cast<std::size_t>(-1);

/// Returns each entry's new place, by share, in its stratum.
std::vector<std::uint32_t> sort_by_share(ColumnByStratum& column) {
  std::vector<std::uint32_t> places(column.rows.size());
  std::vector<std::tuple<double, std::int32_t, std::size_t>> entries;
  for (std::size_t i = 0; i < column.strata.size(); ++i) {
    const auto begin = static_cast<std::size_t>(column.first[i]);
    const auto end = static_cast<std::size_t>(column.first[i + 1]);
    entries.clear();
    for (auto k = begin; k < end; ++k) entries.emplace_back(column.shares[k], column.rows[k], k);
    std::sort(entries.begin(), entries.end());
    for (std::size_t place = 0; place < entries.size(); ++place) {
      const auto& [share, row, k] = entries[place];
      column.shares[begin + place] = share;
      column.rows[begin + place] = row;
      places[k] = static_cast<std::uint32_t>(place);
    }
  }
  return places;
}

}  // namespace

ResampledStrata::ResampledStrata(const Strata& strata, const Resamples& resamples)
    : resamples_(&resamples),
      size_(strata.size.begin(), strata.size.end()),
      others_factor_(resamples.n_groups() * strata.size.size()) {
  const auto n_strata = size_.size();
  std::vector<Lanes> rows(n_strata);
  std::vector<Lanes> squares(n_strata);
  Lanes counts;
  for (std::size_t group = 0; group < resamples.n_groups(); ++group) {
    std::fill(rows.begin(), rows.end(), Lanes{});
    std::fill(squares.begin(), squares.end(), Lanes{});
    for (std::int32_t s = 0; s < resamples.n_rows; ++s) {
      const auto g = static_cast<std::size_t>(strata.of_row[static_cast<std::size_t>(s)]);
      load_counts(resamples.group(group), s, counts);
      rows[g].v += counts.v;
      squares[g].v += counts.v * counts.v;
    }
    for (std::size_t g = 0; g < n_strata; ++g) {
      const Lanes pairs{rows[g].v * rows[g].v - squares[g].v};
      const Lanes factor{static_cast<float>(1 - 1 / size_[g]) * rows[g].v / pairs.v};
      others_factor_[group * n_strata + g].v = pairs.v == 0 ? Lanes{}.v : factor.v;
    }
  }
}

BootstrapKappa::BootstrapKappa(std::span<const SparseColumn> columns, const ResampledStrata& shared,
                               StratumGatherer& gatherer)
    : shared_(&shared),
      by_row_(columns.begin(), columns.end()),
      mass_(columns.size()),
      drawn_(columns.size()),
      at_place_(columns.size()) {
  for (const auto& column : columns) {
    columns_.push_back(gatherer.gather(column));
    places_.push_back(sort_by_share(columns_.back()));
  }
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = a + 1; b < columns.size(); ++b) {
      if (is_certain(expected_overlap(columns_[a], columns_[b], gatherer))) continue;
      pairs_.push_back({a, b});
      find_common_strata(pairs_.size() - 1);
    }
  }
  sums_.resize(pairs_.size());
  std::stable_sort(common_.begin(), common_.end(),
                   [](const auto& x, const auto& y) { return x.stratum < y.stratum; });
}

void BootstrapKappa::find_common_strata(std::size_t pair) {
  const auto& a = columns_[pairs_[pair].a];
  const auto& b = columns_[pairs_[pair].b];
  for_each_common_stratum(a, b, [&](std::size_t i, std::size_t j) {
    const auto rows_a = a.rows_of(i);
    const auto rows_b = b.rows_of(j);
    const auto places_a = by_row_places(pairs_[pair].a, i);
    const auto places_b = by_row_places(pairs_[pair].b, j);
    const auto first_common_row = common_rows_.size();
    auto k = places_a.begin();
    auto l = places_b.begin();
    while (k != places_a.end() && l != places_b.end()) {
      const auto row_a = rows_a[*k];
      const auto row_b = rows_b[*l];
      if (row_a == row_b) common_rows_.push_back({*k, *l});
      k += row_a <= row_b;
      l += row_b <= row_a;
    }
    common_.push_back(
        {static_cast<std::size_t>(a.strata[i]), pair, i, j, first_common_row, common_rows_.size()});
  });
}

std::span<const std::uint32_t> BootstrapKappa::by_row_places(std::size_t column,
                                                             std::size_t stratum) const {
  return std::span(places_[column])
      .subspan(static_cast<std::size_t>(columns_[column].first[stratum]),
               static_cast<std::size_t>(columns_[column].count(stratum)));
}

std::vector<std::optional<double>> BootstrapKappa::of_resamples() {
  const auto n_resamples = static_cast<std::size_t>(shared_->resamples().n_resamples);
  std::vector<std::optional<double>> kappa;
  for (std::size_t first = 0; first < n_resamples; first += kLanes) {
    sum_group(first / kLanes);
    const auto n_lanes = std::min(kLanes, n_resamples - first);
    for (std::size_t lane = 0; lane < n_lanes; ++lane) kappa.push_back(mean_kappa(lane));
  }
  return kappa;
}

void BootstrapKappa::sum_group(std::size_t group) {
  const auto& resamples = shared_->resamples();
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    drawn_mass(by_row_[c], resamples.group(group), mass_[c]);
    at_place_[c] = kNowhere;
  }
  std::vector<ScaleRatio> ratios;
  for (const auto& [a, b] : pairs_) ratios.push_back(ratio_of_scales(mass_[a], mass_[b]));
  std::fill(sums_.begin(), sums_.end(), OverlapSums{});
  for (const auto& common : common_) {
    const auto& [a, b] = pairs_[common.pair];
    draw(a, common.place_a, group);
    draw(b, common.place_b, group);
    const auto common_rows =
        std::span(common_rows_)
            .subspan(common.first_common_row, common.end_common_row - common.first_common_row);
    add_stratum(drawn_[a], drawn_[b], ratios[common.pair], common_rows,
                {shared_->size(common.stratum), shared_->others_factor(group, common.stratum)},
                sums_[common.pair]);
  }
}

void BootstrapKappa::draw(std::size_t column, std::size_t place, std::size_t group) {
  if (at_place_[column] == place) return;
  at_place_[column] = place;
  const auto& resamples = shared_->resamples();
  drawn_[column].share = columns_[column].shares_of(place);
  draw_rows(columns_[column].rows_of(place), resamples.group(group), mass_[column], drawn_[column]);
}

std::optional<double> BootstrapKappa::mean_kappa(std::size_t lane) const {
  for (const auto& mass : mass_) {
    if (mass[lane] == 0) return std::nullopt;
  }
  double sum = 0;
  for (const auto& of_pair : sums_) {
    const double expected = double{of_pair.expected[lane]};
    const double room = 1 - expected;
    if (room < kNoRoomInResample) return std::nullopt;
    sum += (double{of_pair.observed[lane]} - expected) / room;
  }
  return sum / static_cast<double>(sums_.size());
}

}  // namespace isogloss

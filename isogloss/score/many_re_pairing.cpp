#include <algorithm>
#include <numeric>

#include "isogloss/score/re_pairing_internal.h"

namespace isogloss {

ManyRePairing::ManyRePairing(std::span<const SparseColumn> columns,
                             std::span<const double> weights, StratumGatherer& gatherer,
                             RowTable& rows)
    : weights_(weights.begin(), weights.end()), n_(columns.size()), rows_(&rows) {
  // Only relative places matter, so one language may stay where it is: the largest.
  const auto largest =
      std::max_element(columns.begin(), columns.end(),
                       [](const auto& a, const auto& b) { return a.size() < b.size(); });
  fixed_language_ = static_cast<std::size_t>(largest - columns.begin());
  const auto fixed = gatherer.gather(*largest);
  fixed_ = fixed.shares;
  for (std::size_t l = 0; l < n_; ++l) {
    if (l == fixed_language_) continue;
    add_groups(static_cast<std::int32_t>(l), gatherer.gather(columns[l]), fixed, gatherer);
  }
  // Stratum by stratum, so that a draw touches few rows at a time.
  std::stable_sort(groups_.begin(), groups_.end(),
                   [](const auto& a, const auto& b) { return a.first_row < b.first_row; });
}

void ManyRePairing::add_groups(std::int32_t language, const ColumnByStratum& column,
                               const ColumnByStratum& fixed, const StratumGatherer& gatherer) {
  std::size_t f = 0;
  for (std::size_t i = 0; i < column.strata.size(); ++i) {
    const auto g = column.strata[i];
    while (f < fixed.strata.size() && fixed.strata[f] < g) ++f;
    const bool fixed_fires = f < fixed.strata.size() && fixed.strata[f] == g;
    Group group{.language = language,
                .first = static_cast<std::int32_t>(entries_.size()),
                .count = column.count(i),
                .n_rows = static_cast<std::uint32_t>(gatherer.size_of(g)),
                .first_row = gatherer.first_row_of(g),
                .fixed = fixed_fires ? static_cast<std::size_t>(fixed.first[f]) : 0,
                .n_fixed = fixed_fires ? static_cast<std::uint32_t>(fixed.count(f)) : 0};
    for (auto k = column.first[i]; k < column.first[i + 1]; ++k) {
      entries_.push_back({column.shares[static_cast<std::size_t>(k)], language, -1});
    }
    if (2 * static_cast<std::uint32_t>(group.count) > group.n_rows) {
      group.order = static_cast<std::ptrdiff_t>(order_.size());
      order_.resize(order_.size() + group.n_rows);
      std::iota(order_.end() - group.n_rows, order_.end(), 0U);
    }
    groups_.push_back(group);
  }
}

double ManyRePairing::draw(Random& random) {
  rows_->begin_draw();
  double sum = 0;
  for (const auto& group : groups_) {
    if (group.order < 0) {
      for (std::int32_t i = 0; i < group.count; ++i) {
        auto row = random.below(group.n_rows);
        while (taken(group, row)) row = random.below(group.n_rows);
        sum += place(group, group.first + i, row);
      }
      continue;
    }
    // Most rows of the stratum: drawing until a free one turns up would take long.
    auto* const order = order_.data() + group.order;
    for (std::int32_t i = 0; i < group.count; ++i) {
      const auto done = static_cast<std::uint32_t>(i);
      std::swap(order[done], order[done + random.below(group.n_rows - done)]);
      sum += place(group, group.first + i, order[done]);
    }
  }
  return sum;
}

/// Whether the group's language is on the row: it came last, if at all.
bool ManyRePairing::taken(const Group& group, std::uint32_t row) const {
  const auto last = rows_->last(group.first_row + row);
  return last >= 0 && entries_[static_cast<std::size_t>(last)].language == group.language;
}

double ManyRePairing::place(const Group& group, std::int32_t entry, std::uint32_t row) {
  const auto weights = std::span(weights_).subspan(static_cast<std::size_t>(group.language) * n_);
  const double with_others = rows_->put(entries_, entry, group.first_row + row, weights);
  if (row >= group.n_fixed) return with_others;
  return with_others + weights[fixed_language_] *
                           std::min(entries_[static_cast<std::size_t>(entry)].share,
                                    fixed_[group.fixed + row]);
}

}  // namespace isogloss

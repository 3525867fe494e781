#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "isogloss/score/resampling/permuted_overlap_internal.h"

namespace isogloss {

PermutedLanguages::PermutedLanguages(std::span<const SparseColumn> columns,
                                     std::span<const double> weights, StratumGatherer& gatherer)
    : weights_(weights.begin(), weights.end()), n_(columns.size()) {
  std::vector<LanguageInStratum> parts;
  for (std::size_t l = 0; l < n_; ++l) {
    const auto column = gatherer.gather(columns[l]);
    for (std::size_t i = 0; i < column.strata.size(); ++i) {
      const auto shares = column.shares_of(i);
      parts.push_back(
          {column.strata[i], static_cast<std::int32_t>(l), {shares.begin(), shares.end()}});
    }
  }
  // Only relative places matter, so one language may stay in place: the largest in each stratum.
  std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.stratum, b.shares.size(), a.language) <
           std::tuple(b.stratum, a.shares.size(), b.language);
  });
  for (auto begin = parts.begin(); begin != parts.end();) {
    const auto end = std::find_if(
        begin, parts.end(), [&](const auto& group) { return group.stratum != begin->stratum; });
    if (end - begin > 1) {
      add_stratum({begin, end}, static_cast<std::uint32_t>(gatherer.size_of(begin->stratum)));
    }
    begin = end;
  }
}

void PermutedLanguages::add_stratum(std::span<const LanguageInStratum> parts,
                                    std::uint32_t n_rows) {
  const auto first_group = groups_.size();
  const auto first_entry = entries_.size();
  for (const auto& [stratum, language, shares] : parts) {
    groups_.push_back({language, static_cast<std::int32_t>(entries_.size()),
                       static_cast<std::int32_t>(shares.size())});
    for (const double share : shares) entries_.push_back({share, language, -1});
  }
  strata_.push_back({n_rows, first_group, groups_.size()});
  taken_.resize(std::max(taken_.size(), entries_.size() - first_entry));
}

double PermutedLanguages::draw(Random& random) {
  double sum = 0;
  for (const auto& stratum : strata_) sum += draw_stratum(stratum, random);
  return sum;
}

double PermutedLanguages::draw_stratum(const Stratum& stratum, Random& random) {
  const auto& fixed = groups_[stratum.first_group];
  auto n_taken = static_cast<std::uint32_t>(fixed.count);
  std::iota(taken_.begin(), taken_.begin() + fixed.count, fixed.first);
  double sum = 0;
  for (auto g = stratum.first_group + 1; g < stratum.end_group; ++g) {
    sum += draw_group(groups_[g], stratum.n_rows, n_taken, random);
  }
  return sum;
}

/// Draws a row for every entry, without replacement. Rows that no language has taken are
/// interchangeable, so only taken rows are stored, first those that this language has not drawn
/// yet.
double PermutedLanguages::draw_group(const Group& group, std::uint32_t n_rows,
                                     std::uint32_t& n_taken, Random& random) {
  auto n_open = n_taken;
  double sum = 0;
  const auto put = [&](std::int32_t entry, std::uint32_t row) {
    auto& next = entries_[static_cast<std::size_t>(entry)].next;
    if (row >= n_open) {
      next = -1;
      taken_[n_taken++] = entry;
      return;
    }
    next = taken_[row];
    taken_[row] = taken_[--n_open];
    taken_[n_open] = entry;
    sum += join(entry, next);
  };
  const auto end = group.first + group.count;
  auto entry = group.first;
  auto n_left = n_rows;
  for (; entry + 1 < end; entry += 2, n_left -= 2) {
    const auto [row, next_row] = random.below(n_left, n_left - 1);
    put(entry, row);
    put(entry + 1, next_row);
  }
  if (entry < end) put(entry, random.below(n_left));
  return sum;
}

/// Σ of weight·min(share of `entry`, share of the other) over the list of entries that begins at
/// `others`.
double PermutedLanguages::join(std::int32_t entry, std::int32_t others) const {
  const auto& joining = entries_[static_cast<std::size_t>(entry)];
  const double* const weights = &weights_[static_cast<std::size_t>(joining.language) * n_];
  double sum = 0;
  for (auto i = others; i >= 0;) {
    const auto& other = entries_[static_cast<std::size_t>(i)];
    sum += weights[other.language] * std::min(joining.share, other.share);
    i = other.next;
  }
  return sum;
}

}  // namespace isogloss

// Which features and which of their sentences are shown.
#include <algorithm>
#include <functional>
#include <map>

#include "isogloss/evidence/evidence.h"

namespace isogloss {
namespace {

/// Indices into `column`, with its `n` strongest entries first; ties by row.
std::vector<std::size_t> strongest_entries(const SparseColumn& column, std::int32_t n) {
  std::vector<std::size_t> order(column.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto kept = order.begin() + std::min(static_cast<std::ptrdiff_t>(n), std::ssize(order));
  std::partial_sort(order.begin(), kept, order.end(), [&](std::size_t a, std::size_t b) {
    return column.values[a] != column.values[b] ? column.values[a] > column.values[b] : a < b;
  });
  order.erase(kept, order.end());
  return order;
}

/// A feature in one language, with its largest activation there (0 if silent).
struct LanguageColumn {
  SparseColumn column;
  double max = 0;
};

/// Mean over languages of x_l[row] / max_l; a language in which the feature is silent counts as 0.
double relative_strength(std::span<const LanguageColumn> languages, std::int32_t row) {
  double sum = 0;
  for (const auto& [column, max] : languages) {
    const auto at = std::ranges::lower_bound(column.rows, row);
    if (at == column.rows.end() || *at != row) continue;
    sum += column.values[static_cast<std::size_t>(at - column.rows.begin())] / max;
  }
  return sum / static_cast<double>(languages.size());
}

}  // namespace

std::vector<std::int32_t> choose_features(const ScoreTable& table, std::int32_t n_by_rank,
                                          std::int32_t n_by_bi) {
  std::vector<std::int32_t> chosen;
  for (std::int32_t feature = 0; feature < table.n_features(); ++feature) {
    const auto at = static_cast<std::size_t>(feature);
    if (table.n_languages_active[at] == 0) continue;
    const auto bi_rank = table.bi_rank[at];
    if (table.rank[at] < n_by_rank || (bi_rank && *bi_rank < n_by_bi)) {
      chosen.push_back(feature);
    }
  }
  return chosen;
}

std::vector<std::vector<std::int32_t>> specific_features(const ScoreTable& table) {
  std::vector<std::vector<std::int32_t>> found(table.languages.size());
  if (!table.artefacts) return found;
  for (std::int32_t feature = 0; feature < table.n_features(); ++feature) {
    if (!table.artefacts->has(flag::language, feature)) continue;
    const auto at = static_cast<std::size_t>(feature);
    const auto most = std::ranges::max_element(
        table.active, {}, [&](const std::vector<std::int32_t>& active) { return active[at]; });
    if ((*most)[at] < kLeastSupport) continue;
    found[static_cast<std::size_t>(most - table.active.begin())].push_back(feature);
  }
  for (std::size_t language = 0; language < found.size(); ++language) {
    std::ranges::stable_sort(found[language], std::greater{}, [&](std::int32_t feature) {
      return table.active[language][static_cast<std::size_t>(feature)];
    });
  }
  return found;
}

std::vector<std::int32_t> choose_rows(const Maxima& maxima, std::int32_t feature,
                                      std::int32_t n_a_language, std::int32_t max_rows) {
  std::vector<LanguageColumn> languages;
  std::map<std::int32_t, std::size_t> best_rank;  // by row
  for (std::int32_t language = 0; language < maxima.n_languages(); ++language) {
    const auto column = maxima.column(language, feature);
    const auto strongest = strongest_entries(column, n_a_language);
    languages.push_back({column, strongest.empty() ? 0 : column.values[strongest.front()]});
    for (std::size_t rank = 0; rank < strongest.size(); ++rank) {
      const auto [entry, is_new] = best_rank.try_emplace(column.rows[strongest[rank]], rank);
      entry->second = std::min(entry->second, rank);
    }
  }
  struct Candidate {
    std::int32_t row;
    std::size_t rank;
    double strength;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(best_rank.size());
  for (const auto& [row, rank] : best_rank) {
    candidates.push_back({row, rank, relative_strength(languages, row)});
  }
  std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.strength > b.strength;
  });
  std::vector<std::int32_t> rows;
  for (const auto& candidate : candidates) {
    if (std::ssize(rows) == max_rows) break;
    rows.push_back(candidate.row);
  }
  return rows;
}

}  // namespace isogloss

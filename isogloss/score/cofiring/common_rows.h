// Rows on which two languages both fire, for the measures of pairs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "isogloss/numeric/mean.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// Calls visit(i, j) for each row on which both fire, ascending: entry i of `a`, entry j of `b`.
template <class Visit>
void visit_common_rows(const SparseColumn& a, const SparseColumn& b, const Visit& visit) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const auto row_a = a.rows[i];
    const auto row_b = b.rows[j];
    if (row_a == row_b) visit(i, j);
    i += row_a <= row_b;
    j += row_b <= row_a;
  }
}

/// Number of rows on which both fire.
inline std::int64_t co_firing(const SparseColumn& a, const SparseColumn& b) {
  std::int64_t count = 0;
  visit_common_rows(a, b, [&](std::size_t, std::size_t) { ++count; });
  return count;
}

/// Mean of measure(sides[l], sides[m]), an optional, over the pairs l < m in which both fire and
/// the measure is present; absent if there is none. Each of `sides` has a size(), which is 0 where
/// the language is silent.
template <class Sides, class PairMeasure>
std::optional<double> mean_over_pairs(const Sides& sides, const PairMeasure& measure) {
  Mean mean;
  for (std::size_t l = 0; l < sides.size(); ++l) {
    for (std::size_t m = l + 1; m < sides.size(); ++m) {
      if (sides[l].size() > 0 && sides[m].size() > 0) mean.add(measure(sides[l], sides[m]));
    }
  }
  return mean.value();
}

}  // namespace isogloss

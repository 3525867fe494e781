#include "isogloss/score/strata/by_stratum.h"

#include <algorithm>
#include <numeric>

namespace isogloss {

StratumGatherer::StratumGatherer(const Strata& strata)
    : strata_(&strata), count_(strata.size.size(), 0) {}

ColumnByStratum StratumGatherer::gather(const SparseColumn& column) {
  const auto stratum_of = [&](std::size_t i) {
    return strata_->of_row[static_cast<std::size_t>(column.rows[i])];
  };
  ColumnByStratum result;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto g = stratum_of(i);
    if (count_[static_cast<std::size_t>(g)]++ == 0) result.strata.push_back(g);
  }
  std::sort(result.strata.begin(), result.strata.end());
  result.first.push_back(0);
  for (const auto g : result.strata) {
    auto& count = count_[static_cast<std::size_t>(g)];
    const auto begin = result.first.back();
    result.first.push_back(begin + count);
    count = begin;  // from here on, the place of this stratum's next non-zero
  }
  const double sum = sum_of(column);
  result.rows.resize(column.size());
  result.shares.resize(column.size());
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto place = static_cast<std::size_t>(count_[static_cast<std::size_t>(stratum_of(i))]++);
    result.rows[place] = column.rows[i];
    result.shares[place] = column.values[i] / sum;
  }
  for (const auto g : result.strata) count_[static_cast<std::size_t>(g)] = 0;
  return result;
}

double sum_of(const SparseColumn& column) {
  return std::accumulate(column.values.begin(), column.values.end(), 0.0);
}

}  // namespace isogloss

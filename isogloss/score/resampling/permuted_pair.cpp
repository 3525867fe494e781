#include <algorithm>
#include <utility>

#include "isogloss/score/resampling/permuted_overlap_internal.h"

namespace isogloss {

PermutedPair::PermutedPair(const SparseColumn& a, const SparseColumn& b,
                           StratumGatherer& gatherer) {
  const auto in_a = gatherer.gather(a);
  const auto in_b = gatherer.gather(b);
  for_each_common_stratum(in_a, in_b, [&](std::size_t i, std::size_t j) {
    auto sparse = in_a.shares_of(i);
    auto dense = in_b.shares_of(j);
    if (sparse.size() > dense.size()) std::swap(sparse, dense);
    add_stratum(sparse, dense, static_cast<std::uint32_t>(gatherer.size_of(in_a.strata[i])));
  });
}

void PermutedPair::add_stratum(std::span<const double> sparse, std::span<const double> dense,
                               std::uint32_t n_rows) {
  Stratum stratum{.method = DrawMethod::kMeet,
                  .n_rows = n_rows,
                  .n_sparse = static_cast<std::uint32_t>(sparse.size()),
                  .n_dense = static_cast<std::uint32_t>(dense.size()),
                  .sparse = sparse_.size(),
                  .dense = dense_.size(),
                  .law = 0};
  sparse_.insert(sparse_.end(), sparse.begin(), sparse.end());
  dense_.insert(dense_.end(), dense.begin(), dense.end());
  // Chosen by the number of swaps and draws: placing costs one of each per non-zero; meeting costs
  // a draw and two swaps for each that meets, and one draw for their number. Padding must stay
  // within O(n_dense).
  const double n_meet = static_cast<double>(stratum.n_sparse) * stratum.n_dense / n_rows;
  if (stratum.n_sparse == 1) {
    stratum.method = DrawMethod::kOne;
  } else if (n_rows <= 4 * std::uint64_t{stratum.n_dense} && stratum.n_sparse < 1 + 1.5 * n_meet) {
    stratum.method = DrawMethod::kPlace;
    dense_.resize(stratum.dense + n_rows, 0.0);
  } else {
    stratum.law = laws_.add(stratum.n_sparse, stratum.n_dense, n_rows);
  }
  strata_.push_back(stratum);
}

double PermutedPair::draw(Random& random) {
  double overlap = 0;
  for (const auto& stratum : strata_) overlap += draw_stratum(stratum, random);
  return overlap;
}

// The arrays stay as the swaps left them, since a uniform choice from any arrangement is uniform.
double PermutedPair::draw_stratum(const Stratum& stratum, Random& random) {
  double* const sparse = sparse_.data() + stratum.sparse;
  double* const dense = dense_.data() + stratum.dense;
  if (stratum.method == DrawMethod::kOne) {
    const auto row = random.below(stratum.n_rows);
    return row < stratum.n_dense ? std::min(sparse[0], dense[row]) : 0;
  }
  double overlap = 0;
  if (stratum.method == DrawMethod::kPlace) {
    for (std::uint32_t i = 0; i < stratum.n_sparse; ++i) {
      std::swap(dense[i], dense[i + random.below(stratum.n_rows - i)]);
      overlap += std::min(sparse[i], dense[i]);
    }
    return overlap;
  }
  const auto n_meet = laws_.draw(stratum.law, random);
  for (std::uint32_t i = 0; i < n_meet; ++i) {
    const auto [of_sparse, of_dense] = random.below(stratum.n_sparse - i, stratum.n_dense - i);
    std::swap(sparse[i], sparse[i + of_sparse]);
    std::swap(dense[i], dense[i + of_dense]);
    overlap += std::min(sparse[i], dense[i]);
  }
  return overlap;
}

}  // namespace isogloss

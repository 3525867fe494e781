// Features with a known truth: planted ones, which two languages share, and decoys, which they
// share only by chance.
#pragma once

#include <cstdint>
#include <vector>

#include "isogloss/numeric/random.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// A cell of the grid. The first language fires on round(density·n) rows, at least one.
struct PlantedCell {
  double density = 0;
  double recall = 0;  ///< probability that the second language fires where the first does
  double noise = 0;  ///< where the first does not, the second fires with probability noise·density
  double correlation = 0;  ///< of the logarithms of the strengths where both fire
};

/// All cells: 7 densities .005 … .5, 4 recalls, 3 noise rates, 2 correlations.
std::vector<PlantedCell> planted_grid();

/// The features come in this order: for each cell `n_each` planted features, then `n_each` decoys,
/// whose languages fire independently, as often as those of the planted ones on average; after all
/// cells `n_dense` decoys, whose languages fire independently on a share of .6 to .95 of the rows.
/// Strengths are log-normal (0, 1).
struct Planted {
  std::vector<PlantedCell> cells;
  std::int32_t n_each = 0;
  std::int32_t n_dense = 0;
  Maxima maxima;

  std::int32_t first_planted(std::size_t cell) const {
    return static_cast<std::int32_t>(cell) * 2 * n_each;
  }
  std::int32_t first_decoy(std::size_t cell) const { return first_planted(cell) + n_each; }
  std::int32_t first_dense() const { return static_cast<std::int32_t>(cells.size()) * 2 * n_each; }
};

/// n_rows > 0.
Planted plant(std::vector<PlantedCell> cells, std::int32_t n_rows, std::int32_t n_each,
              std::int32_t n_dense, Random& random);

}  // namespace isogloss

#include "isogloss/score/strata.h"

namespace isogloss {

double Strata::effective_number() const {
  double squares = 0;
  for (const auto n : size) squares += static_cast<double>(n) * n;
  const auto n = static_cast<double>(n_rows());
  return squares == 0 ? 0 : n * n / squares;
}

Strata single_stratum(std::int32_t n_rows) {
  return {std::vector<std::int32_t>(static_cast<std::size_t>(n_rows), 0), {n_rows}};
}

}  // namespace isogloss

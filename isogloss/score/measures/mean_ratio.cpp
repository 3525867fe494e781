// The plain ratio of mean activations, min_l μ^l/max_l μ^l: no source found that defines it of SAE
// features. 1 if all languages fire the feature alike on the whole, 0 if one is silent.
#include <algorithm>

#include "isogloss/score/measures/formulas.h"

namespace isogloss {

std::optional<double> mean_ratio(std::span<const double> means) {
  const auto [smallest, largest] = std::ranges::minmax(means);
  if (largest == 0) return std::nullopt;
  return smallest / largest;
}

}  // namespace isogloss

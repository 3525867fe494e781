// The plain ratio of mean activations, min_l μ^l/max_l μ^l: we found no source that defines it for
// SAE features. It is 1 if all languages fire the feature equally strongly on average, and 0 if one
// is silent.
#include <algorithm>

#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

/// Means >= 0; absent if all are 0.
std::optional<double> mean_ratio_of(std::span<const double> means) {
  const auto [smallest, largest] = std::ranges::minmax(means);
  if (largest == 0) return std::nullopt;
  return smallest / largest;
}

}  // namespace

constinit const MeasureDefinition measure::mean_ratio = {
    .name = "mean_ratio",
    .description = "smallest over largest token mean",
    .source = "the plain ratio",
    .token_number = token_mean,
    .of_token_numbers = mean_ratio_of,
};

}  // namespace isogloss

// Monolinguality ν ("v-score"): Deng et al., "Unveiling Language-Specific Features in Large
// Language Models via Sparse Autoencoders" (2025), arXiv 2505.05111:
//   ν^L = μ^L − mean over L' ≠ L of μ^L',  μ^L the mean activation over the tokens of language L.
// The paper drops position 0. So does isogloss for models with BOS, which is at that position and
// never counts. Without BOS the first token counts like any other.
#include <algorithm>

#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

/// [n_languages] ν of each language; needs at least two.
std::vector<double> monolinguality(std::span<const double> means) {
  const auto n_others = static_cast<double>(means.size() - 1);
  std::vector<double> nu;
  for (std::size_t l = 0; l < means.size(); ++l) {
    // Summed anew for each language: total minus own would cancel where one language dwarfs the
    // others.
    double others = 0;
    for (std::size_t m = 0; m < means.size(); ++m) others += m == l ? 0 : means[m];
    nu.push_back(means[l] - others / n_others);
  }
  return nu;
}

/// 0 or more, as the ν of all languages sum to 0. Absent if the feature is silent everywhere.
std::optional<double> largest_nu(std::span<const double> means) {
  if (std::ranges::max(means) == 0) return std::nullopt;
  return std::ranges::max(monolinguality(means));
}

}  // namespace

constinit const MeasureDefinition measure::nu = {
    .name = "nu",
    .description = "token mean less the mean of the other languages', the largest of all languages",
    .source = "Deng et al. 2025, arXiv 2505.05111",
    .high_is_shared = false,
    .token_number = token_mean,
    .of_token_numbers = largest_nu,
    .by_language = monolinguality,
};

}  // namespace isogloss

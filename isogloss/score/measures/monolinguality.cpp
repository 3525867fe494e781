// Monolinguality ν ("v-score"): Deng et al., "Unveiling Language-Specific Features in Large
// Language Models via Sparse Autoencoders" (2025), arXiv 2505.05111:
//   ν^L = μ^L − mean over L' ≠ L of μ^L',  μ^L the mean activation over the tokens of language L.
// The paper drops position 0; so does isogloss of models with BOS, which stands there and never
// counts. Without BOS the first token counts like any other.
#include <numeric>

#include "isogloss/score/measures/formulas.h"

namespace isogloss {

std::vector<double> monolinguality(std::span<const double> means) {
  const auto n_others = static_cast<double>(means.size() - 1);
  std::vector<double> nu;
  for (std::size_t l = 0; l < means.size(); ++l) {
    // Summed afresh: the sum of all less one's own cancels where one language dwarfs the others.
    double others = 0;
    for (std::size_t m = 0; m < means.size(); ++m) others += m == l ? 0 : means[m];
    nu.push_back(means[l] - others / n_others);
  }
  return nu;
}

}  // namespace isogloss

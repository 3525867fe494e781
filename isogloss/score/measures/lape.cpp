// Language activation probability entropy: Tang et al., "Language-Specific Neurons: The Key to
// Multilingual Capabilities in Large Language Models" (2024), arXiv 2402.16438: the entropy
// of a neuron's firing probabilities r_l, scaled to sum to 1 over languages,
//   −Σ_l p_l ln p_l,  p_l = r_l/Σ r.
// It lies in 0 … ln L; low means that few languages have the feature.
// Andrylie et al., "Sparse Autoencoders Can Capture Language-Specific Concepts Across Diverse
// Languages" (2025), arXiv 2507.11230, apply it to SAE features. The logarithm is natural, as in
// the published code of both.
#include <cmath>
#include <numeric>

#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

/// Rates >= 0; absent if all are 0.
std::optional<double> entropy_of_shares(std::span<const double> rates) {
  const double sum = std::accumulate(rates.begin(), rates.end(), 0.0);
  if (sum == 0) return std::nullopt;
  double entropy = 0;
  for (const double rate : rates) {
    if (rate > 0) entropy += rate / sum * std::log(sum / rate);
  }
  return entropy;
}

// Both papers count tokens; on sentences a feature's frequency within a sentence does not matter.
// All languages have the same rows, so the number of rows cancels.
std::optional<double> lape_of(std::span<const SparseColumn> columns, std::int32_t /*n_rows*/) {
  std::vector<double> rates;
  for (const auto& column : columns) rates.push_back(static_cast<double>(column.size()));
  return entropy_of_shares(rates);
}

}  // namespace

constinit const MeasureDefinition measure::lape = {
    .name = "lape",
    .description = "entropy over languages of the share of sentences that fire",
    .source = "Tang et al. 2024, arXiv 2402.16438",
    .of_sentences = lape_of,
};

constinit const MeasureDefinition measure::sae_lape = {
    .name = "sae_lape",
    .description = "entropy over languages of the share of tokens that fire",
    .source = "Andrylie et al. 2025, arXiv 2507.11230",
    .token_number = token_rate,
    .of_token_numbers = entropy_of_shares,
};

}  // namespace isogloss

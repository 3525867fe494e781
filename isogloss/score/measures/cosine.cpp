// Cosine of the angle between x in two languages, not centred, Σ x y/√(Σ x² Σ y²): Salton & McGill,
// "Introduction to Modern Information Retrieval" (1983).
// Rewards density: a warning, not a score.
#include <cmath>
#include <numeric>

#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

/// Squares of float32 neither overflow nor underflow in float64.
double sum_of_squares(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double sum, double x) { return sum + x * x; });
}

std::optional<double> cosine_of(std::span<const SparseColumn> columns, std::int32_t /*n_rows*/) {
  return mean_over_pairs(columns, [](const SparseColumn& a, const SparseColumn& b) {
    double products = 0;
    visit_common_rows(a, b, [&](std::size_t i, std::size_t j) {
      products += static_cast<double>(a.values[i]) * b.values[j];
    });
    const double norms = std::sqrt(sum_of_squares(a.values)) * std::sqrt(sum_of_squares(b.values));
    return std::optional(products / norms);
  });
}

}  // namespace

constinit const MeasureDefinition measure::cosine = {
    .name = "cosine",
    .description = "cosine of sentence maxima",
    .source = "Salton & McGill 1983",
    .is_weight = true,
    .of_sentences = cosine_of,
};

}  // namespace isogloss

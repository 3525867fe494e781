// Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971),
// with two categories. c_s of the L languages fire on row s, p = Σ c_s/(nL) of all:
//   κ = (P̄ − P_e)/(1 − P_e),  P_e = p² + (1 − p)²,
//   P̄ = (1/n) Σ_s [c_s(c_s − 1) + (L − c_s)(L − c_s − 1)]/(L(L − 1)).
// What both lack of 1 is disagreement: 1 − P̄ = 2 Σ c_s(L − c_s)/(nL(L − 1)) and 1 − P_e = 2p(1 −
// p); Σ c_s² is a sum over pairs of languages. So rows on which none fires need no visit.
// All languages take part, silent ones too. Absent if all rows fire in every language, or none does
// in any.
#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

std::optional<double> fleiss_of(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  const auto n_languages = static_cast<double>(columns.size());
  double firing = 0;   // Σ c_s
  double squares = 0;  // Σ c_s²
  for (std::size_t l = 0; l < columns.size(); ++l) {
    firing += static_cast<double>(columns[l].size());
    squares += static_cast<double>(columns[l].size());
    for (std::size_t m = l + 1; m < columns.size(); ++m) {
      squares += 2 * static_cast<double>(co_firing(columns[l], columns[m]));
    }
  }
  const double ratings = n_rows * n_languages;
  if (firing == 0 || firing == ratings) return std::nullopt;
  const double disagreement = (n_languages * firing - squares) / (n_languages - 1);
  return 1 - disagreement * ratings / (firing * (ratings - firing));
}

}  // namespace

constinit const MeasureDefinition measure::fleiss = {
    .name = "fleiss",
    .description = "kappa of firing, each language a rater",
    .source = "Fleiss 1971",
    .is_weight = true,
    .chance_is_zero = true,
    .of_sentences = fleiss_of,
};

}  // namespace isogloss

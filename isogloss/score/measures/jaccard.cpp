// Jaccard, "The distribution of the flora in the alpine zone", New Phytologist 11 (1912):
//   J = |A ∩ B|/|A ∪ B| of the rows A and B that fire.
// As a measure of features: of sets of active features in arXiv 2603.08869, 2606.00356.
// Rewards density: a warning, not a score.
#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

std::optional<double> jaccard_of(std::span<const SparseColumn> columns, std::int32_t /*n_rows*/) {
  return mean_over_pairs(columns, [](const SparseColumn& a, const SparseColumn& b) {
    const auto common = co_firing(a, b);
    const auto either = static_cast<std::int64_t>(a.size() + b.size()) - common;
    return std::optional(static_cast<double>(common) / static_cast<double>(either));
  });
}

}  // namespace

constinit const MeasureDefinition measure::jaccard = {
    .name = "jaccard",
    .description = "sentences that fire both over those that fire either",
    .source = "Jaccard 1912",
    .is_weight = true,
    .of_sentences = jaccard_of,
};

}  // namespace isogloss

#include <array>

#include "isogloss/validation/scoring_similarity.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::array<std::size_t, 4> kTops = {32, 100, 320, 1000};

}  // namespace

std::vector<Finding> rank_agreement_findings(const ValidationRun& run, const ValidationRun& other) {
  std::vector<Finding> findings;
  for (std::size_t s = 0; s < run.scores.size(); ++s) {
    const auto similarity =
        compare_scores(run.table, run.scores[s].value, other.table, other.scores[s].value, kTops);
    Finding row{.section = "agreement",
                .quantity = "spearman",
                .run = run.name,
                .other_run = other.name,
                .score = run.scores[s].name};
    if (similarity.spearman) findings.push_back(row.with(*similarity.spearman));
    row.quantity = "top_overlap";
    for (const auto& [k, share] : similarity.top_overlap) {
      row.at = static_cast<double>(k);
      findings.push_back(row.with(share));
    }
  }
  return findings;
}

}  // namespace isogloss

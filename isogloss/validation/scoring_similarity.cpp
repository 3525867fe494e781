#include "isogloss/validation/scoring_similarity.h"

namespace isogloss {

ScoringSimilarity compare_scores(const ScoreTable& table_a, std::span<const double> a,
                                 const ScoreTable& table_b, std::span<const double> b,
                                 std::span<const std::size_t> tops) {
  std::vector<double> of_a;
  std::vector<double> of_b;
  for (std::size_t f = 0; f < a.size(); ++f) {
    if (!table_a.alive[f] || !table_b.alive[f]) continue;
    if (a[f] == kUndefined || b[f] == kUndefined) continue;
    of_a.push_back(a[f]);
    of_b.push_back(b[f]);
  }
  ScoringSimilarity similarity{pearson(of_a, of_b), spearman(of_a, of_b), {}};
  for (const auto k : tops) {
    if (k <= of_a.size()) similarity.top_overlap.emplace_back(k, top_overlap(of_a, of_b, k));
  }
  return similarity;
}

}  // namespace isogloss

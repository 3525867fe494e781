#include "isogloss/validation/planted.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

std::vector<double> values_at(const NamedScore& score, std::int32_t first, std::int32_t count) {
  const auto begin = score.value.begin() + first;
  return {begin, begin + count};
}

double area(const PlantedCell& cell, const std::string& name, std::int32_t n_each) {
  Random random(3, 1);
  auto planted = plant({cell}, 400, n_each, 0, random);
  const MaximaWithTraits observed{planted.maxima, {}};
  const auto table = score_observed(observed, {}, {});
  for (const auto& score : all_scores(table)) {
    if (score.name != name) continue;
    return *roc_auc(values_at(score, planted.first_planted(0), n_each),
                    values_at(score, planted.first_decoy(0), n_each));
  }
  ADD_FAILURE() << name;
  return 0;
}

TEST(Planted, PerfectFeaturesAreToldFromDecoys) {
  const PlantedCell perfect{.density = 0.1, .recall = 1, .noise = 0, .correlation = 1};
  EXPECT_EQ(area(perfect, "agreement", 50), 1);
  EXPECT_EQ(area(perfect, "agreement_raw", 50), 1);
}

TEST(Planted, FeaturesSharedByChanceOnlyAreNot) {
  // Recall and noise such that the second language does not look at the first.
  const PlantedCell chance{.density = 0.2, .recall = 0.2, .noise = 1, .correlation = 0};
  // The area's standard deviation for 500 against 500 is sqrt(1001/(12·250000)) = .018.
  EXPECT_NEAR(area(chance, "agreement_raw", 500), 0.5, 0.06);
  EXPECT_NEAR(area(chance, "-bi_loss_text", 500), 0.5, 0.06);
}

TEST(Planted, HasTheDensitiesAndRecallsAskedFor) {
  const PlantedCell cell{.density = 0.1, .recall = 0.7, .noise = 0.5, .correlation = 0.8};
  Random random(5, 1);
  const auto planted = plant({cell}, 1000, 200, 30, random);
  ASSERT_EQ(planted.maxima.n_features, 430);
  double n_common = 0;
  double n_second = 0;
  double n_second_decoy = 0;
  double products = 0;
  for (std::int32_t f = 0; f < 400; ++f) {
    const auto a = planted.maxima.column(0, f);
    const auto b = planted.maxima.column(1, f);
    EXPECT_EQ(a.size(), 100u);
    (f < 200 ? n_second : n_second_decoy) += static_cast<double>(b.size());
    if (f >= 200) continue;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a.rows[i] == b.rows[j]) {
        ++n_common;
        products += std::log(a.values[i]) * std::log(b.values[j]);
      }
      const auto row = a.rows[i];
      i += row <= b.rows[j] ? 1 : 0;
      j += b.rows[j] <= row ? 1 : 0;
    }
  }
  EXPECT_NEAR(n_common / 20000, 0.7, 0.02);
  EXPECT_NEAR(n_second / 200, 70 + 45, 3);
  EXPECT_NEAR(n_second_decoy / 200, 115, 3);
  EXPECT_NEAR(products / n_common, 0.8, 0.05) << "variances are 1";
  for (std::int32_t f = planted.first_dense(); f < 430; ++f) {
    for (const std::int32_t l : {0, 1}) {
      const double density = static_cast<double>(planted.maxima.column(l, f).size()) / 1000;
      EXPECT_TRUE(density > 0.54 && density < 0.99) << density;
    }
  }
}

TEST(Planted, SurvivesOneRow) {
  const auto findings = planted_findings(1, {}, {.n_planted = 2}, {});
  for (const auto& row : findings) {
    EXPECT_TRUE(row.value >= 0 && row.value <= 1) << row.quantity << " " << row.score;
  }
}

TEST(Planted, KappaBeatsTheLossesOnTheGrid) {
  const auto findings = planted_findings(300, {}, {.n_planted = 4}, {});
  const auto of = [&](const std::string& score, const std::string& condition) {
    for (const auto& row : findings) {
      if (row.quantity == "roc_auc" && row.score == score && row.condition == condition) {
        return row.value;
      }
    }
    ADD_FAILURE() << score << ", " << condition;
    return 0.0;
  };
  EXPECT_GT(of("agreement", "all decoys of the grid"), 0.85);
  EXPECT_GT(of("agreement", "all decoys of the grid"), of("-bi_loss", "all decoys of the grid"));
  EXPECT_GT(of("agreement", "dense decoys"), 0.9);
  std::set<std::string> scores;
  for (const auto& row : findings) scores.insert(row.score);
  EXPECT_GE(scores.size(), 6u);
  // 168 cells and two sets of decoys for the whole grid; two quantities.
  EXPECT_EQ(findings.size(), (168 + 2) * 2 * scores.size());
}

}  // namespace
}  // namespace isogloss

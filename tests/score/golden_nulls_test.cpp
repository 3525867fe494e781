// Strata, stratified agreement, tails, corrections and clusters against numpy, scipy, statsmodels
// and exact integers (tools/golden/nulls.py).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/score/agreement/language_similarity.h"
#include "isogloss/score/agreement/strict_agreement.h"
#include "isogloss/score/cofiring/stratified_tail.h"
#include "tests/score/golden_activations.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::read_golden_json;

using Labels = std::vector<std::int32_t>;

/// Labels renamed by first appearance.
Labels renamed(const Labels& labels) {
  std::map<std::int32_t, std::int32_t> names;
  Labels result;
  for (const auto label : labels) {
    const auto next = static_cast<std::int32_t>(names.size());
    result.push_back(names.try_emplace(label, next).first->second);
  }
  return result;
}

Strata strata_of(const json& labels) {
  Strata strata{renamed(labels.get<Labels>()), {}};
  for (const auto label : strata.of_row) {
    if (label == strata.n_strata()) strata.size.push_back(0);
    ++strata.size[static_cast<std::size_t>(label)];
  }
  return strata;
}

RowTraits traits_of(const json& entry) {
  return {entry.at("n_tokens").get<std::vector<Labels>>(), entry.at("document").get<Labels>()};
}

void expect_near(double actual, const json& expected, double absolute, const char* name) {
  const auto value = expected.get<double>();
  EXPECT_NEAR(actual, value, 1e-9 * std::abs(value) + absolute) << name;
}

TEST(GoldenStrata, PartitionsAreThoseOfAnIndependentImplementation) {
  const auto golden = read_golden_json("nulls.json");
  ASSERT_GE(golden.at("strata_cases").size(), 14U);
  for (const auto& [name, entry] : golden.at("strata_cases").items()) {
    SCOPED_TRACE(name);
    const auto traits = traits_of(entry);
    const auto length = make_strata(traits, NullModel::kLength);
    const auto length_document = make_strata(traits, NullModel::kLengthDocument);
    EXPECT_EQ(renamed(length.of_row), renamed(entry.at("length").get<Labels>()));
    EXPECT_EQ(renamed(length_document.of_row), renamed(entry.at("length_document").get<Labels>()));
    const auto& effective = entry.at("effective_numbers");
    expect_near(length.effective_number(), effective[0], 0, "effective number");
    expect_near(length_document.effective_number(), effective[1], 0, "effective number");
  }
  EXPECT_EQ(renamed(make_strata(traits_of(golden), NullModel::kLengthDocument).of_row),
            renamed(golden.at("strata").get<Labels>()));
}

/// κ is a difference: M and E agree to 1e-9 of themselves, and near 0 κ cannot do better.
void expect_kappa(const std::optional<double>& actual, const json& expected, const char* name) {
  ASSERT_EQ(actual.has_value(), !expected.is_null()) << name;
  if (actual) expect_near(*actual, expected, 1e-14, name);
}

void expect_pair(const PairScores& pair, const json& expected) {
  EXPECT_EQ(pair.language_a, expected.at("a").get<std::int32_t>());
  EXPECT_EQ(pair.language_b, expected.at("b").get<std::int32_t>());
  expect_near(pair.overlap, expected.at("overlap"), 0, "overlap");
  expect_near(pair.overlap_expected, expected.at("expected"), 0, "expected");
  expect_near(pair.overlap_expected_stratified, expected.at("expected_stratified"), 0, "E within");
  expect_kappa(pair.agreement_raw, expected.at("kappa"), "kappa");
  expect_kappa(pair.agreement_stratified_raw, expected.at("kappa_stratified"), "kappa within");
  expect_kappa(pair.attainable, expected.at("attainable"), "attainable");
  expect_kappa(pair.attainable_stratified, expected.at("attainable_stratified"),
               "attainable within");
  expect_near(pair.n_eff, expected.at("n_eff"), 0, "n_eff");
  expect_near(pair.containment, expected.at("containment"), 0, "containment");
  EXPECT_EQ(pair.cofire, expected.at("cofire").get<std::int32_t>());
  expect_near(pair.p_cofire, expected.at("p_cofire"), 0, "p");
  expect_near(pair.p_cofire_stratified, expected.at("p_cofire_stratified"), 0, "p within");
}

void expect_strict(const StrictAgreement& actual, const json& expected) {
  if (expected.is_null()) {
    EXPECT_FALSE(actual.agreement_raw.has_value());
    EXPECT_FALSE(actual.agreement_stratified_raw.has_value());
    return;
  }
  expect_near(actual.overlap, expected.at("overlap"), 0, "strict overlap");
  expect_near(actual.overlap_expected, expected.at("expected"), 0, "strict E");
  expect_near(actual.overlap_expected_stratified, expected.at("expected_stratified"), 0,
              "strict E within");
  expect_kappa(actual.agreement_raw, expected.at("kappa"), "strict kappa");
  expect_kappa(actual.agreement_stratified_raw, expected.at("kappa_stratified"),
               "strict kappa within");
}

std::vector<PairScores> expect_feature(const Maxima& maxima, std::int32_t feature,
                                       const Strata& strata, const json& expected) {
  const auto columns = prepare_feature(maxima, feature, strata);
  auto pairs = feature_pairs(feature, columns, strata);
  EXPECT_EQ(pairs.size(), expected.at("pairs").size());
  for (std::size_t i = 0; i < std::min(pairs.size(), expected.at("pairs").size()); ++i) {
    expect_pair(pairs[i], expected.at("pairs")[i]);
  }
  expect_strict(strict_agreement(columns, strata), expected.at("strict"));
  return pairs;
}

TEST(GoldenNulls, RealActivations) {
  const auto golden = read_golden_json("nulls.json");
  const auto maxima = testing::read_golden_activations().maxima(3, 1024);
  const auto strata = strata_of(golden.at("strata"));
  std::vector<PairScores> all;
  for (std::size_t i = 0; i < golden.at("features").size(); ++i) {
    const auto feature = golden.at("features")[i].get<std::int32_t>();
    SCOPED_TRACE(feature);
    const auto pairs = expect_feature(maxima, feature, strata, golden.at("scores")[i]);
    all.insert(all.end(), pairs.begin(), pairs.end());
  }
  ASSERT_GE(all.size(), 200U);
  SharedFeatures shared(3, 1024, golden.at("shrinkage_lambda"));
  shared.add(all);
  const auto similarity = shared.similarity();
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      expect_near(*similarity.similarity[3 * a + b], golden.at("similarity")[a][b], 0,
                  "similarity");
    }
  }
}

TEST(GoldenNulls, EdgeCases) {
  const auto golden = read_golden_json("nulls.json");
  ASSERT_GE(golden.at("edge_cases").size(), 17U);
  for (const auto& [name, entry] : golden.at("edge_cases").items()) {
    SCOPED_TRACE(name);
    const auto& x = entry.at("x");
    std::vector<testing::DenseColumn> columns(x[0].size());
    for (const auto& row : x) {
      for (std::size_t l = 0; l < row.size(); ++l) columns[l].push_back(row[l].get<float>());
    }
    const auto maxima = testing::make_maxima(std::vector<std::string>(columns.size(), "x"),
                                             static_cast<std::int32_t>(x.size()), {columns});
    expect_feature(maxima, 0, strata_of(entry.at("strata")), entry);
  }
}

TEST(GoldenNulls, StratifiedTails) {
  const auto golden = read_golden_json("nulls.json");
  double smallest = 1;
  for (const auto& entry : golden.at("tails")) {
    std::vector<StratumCounts> strata;
    for (const auto& s : entry.at("strata")) strata.push_back({s[0], s[1], s[2]});
    for (std::size_t i = 0; i < entry.at("cofire").size(); ++i) {
      const auto cofire = entry.at("cofire")[i].get<std::int64_t>();
      const auto expected = entry.at("p")[i].get<double>();
      const double p = stratified_hypergeometric_tail(cofire, strata);
      ASSERT_NEAR(p, expected, 1e-10 * expected)
          << cofire << " of strata like " << entry.at("strata")[0];
      if (expected > 0) smallest = std::min(smallest, expected);
    }
  }
  EXPECT_LT(smallest, 1e-290);  // the far tails are among them
}

TEST(GoldenNulls, BenjaminiYekutieli) {
  const auto golden = read_golden_json("nulls.json");
  for (const auto& entry : golden.at("fdr_by")) {
    std::vector<std::optional<double>> p(1);  // an absent one changes nothing
    for (const auto& value : entry.at("p")) p.emplace_back(value.get<double>());
    const auto q = benjamini_yekutieli(p);
    EXPECT_FALSE(q[0].has_value());
    for (std::size_t i = 1; i < p.size(); ++i) expect_near(*q[i], entry.at("q")[i - 1], 0, "q");
  }
}

TEST(GoldenNulls, AverageLinkage) {
  const auto golden = read_golden_json("nulls.json");
  for (const auto& entry : golden.at("dendrograms")) {
    const auto& matrix = entry.at("similarity");
    LanguageSimilarity languages;
    languages.n_languages = static_cast<std::int32_t>(matrix.size());
    for (const auto& row : matrix) {
      for (const auto& value : row) languages.similarity.emplace_back(value.get<double>());
    }
    const auto merges = average_linkage(languages);
    ASSERT_EQ(merges.size(), entry.at("merges").size());
    for (std::size_t i = 0; i < merges.size(); ++i) {
      const auto& expected = entry.at("merges")[i];
      EXPECT_EQ(merges[i].left, expected[0].get<std::int32_t>()) << i;
      EXPECT_EQ(merges[i].right, expected[1].get<std::int32_t>()) << i;
      expect_near(merges[i].height, expected[2], 1e-15, "height");
      EXPECT_EQ(merges[i].size, expected[3].get<std::int32_t>()) << i;
    }
  }
}

}  // namespace
}  // namespace isogloss

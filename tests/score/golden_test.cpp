// Scores of real activations against torch, scipy and statsmodels (tools/golden/bi.py,
// agreement.py).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "isogloss/score/bi_loss/bi_loss.h"
#include "isogloss/score/score_table.h"
#include "tests/score/golden_activations.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::make_maxima;
using testing::read_golden_activations;
using testing::read_golden_json;

/// Equal to `relative`, nulls in the same places. `absolute` is for differences of near-equal sums.
void expect_column(const OptionalColumn& actual, const json& expected, double relative,
                   double absolute, const char* name) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t f = 0; f < actual.size(); ++f) {
    ASSERT_EQ(actual[f].has_value(), !expected[f].is_null()) << name << " of feature " << f;
    if (!actual[f]) continue;
    const auto value = expected[f].get<double>();
    EXPECT_NEAR(*actual[f], value, relative * std::abs(value) + absolute)
        << name << " of feature " << f;
  }
}

template <class T>
OptionalColumn as_optional(const std::vector<T>& column) {
  return {column.begin(), column.end()};
}

/// Ranks equal, except between losses that agree to 1e-9.
void expect_ranks(const BiLoss& actual, const json& expected) {
  for (std::size_t f = 0; f < actual.rank.size(); ++f) {
    ASSERT_EQ(actual.rank[f].has_value(), !expected.at("rank")[f].is_null()) << f;
    if (!actual.rank[f]) continue;
    const auto rank = expected.at("rank")[f].get<std::int32_t>();
    if (*actual.rank[f] == rank) continue;
    // The feature that the reference puts at our place must have the same loss, nearly.
    const auto& ranks = expected.at("rank");
    const auto other = std::find_if(ranks.begin(), ranks.end(), [&](const json& r) {
      return !r.is_null() && r.get<std::int32_t>() == *actual.rank[f];
    });
    ASSERT_NE(other, ranks.end());
    const auto its_loss =
        expected.at("loss")[static_cast<std::size_t>(other - ranks.begin())].get<double>();
    EXPECT_NEAR(*actual.loss[f] / its_loss, 1, 1e-9) << "rank of feature " << f;
  }
}

void expect_bi(const char* name, std::int32_t n_languages, std::int32_t n_features) {
  SCOPED_TRACE(name);
  const auto maxima = read_golden_activations().maxima(n_languages, n_features);
  const auto golden = read_golden_json("bi.json").at(name);
  const auto check = [&](const char* form_name, BiForm form) {
    SCOPED_TRACE(form_name);
    const auto& expected = golden.at(form_name);
    const auto actual = bi_loss(maxima, form, std::nullopt);
    // The golden text form is off by up to 8.3e-16 itself (tools/golden/README.md).
    const double rounding = form == BiForm::kText ? 1e-15 : 0;
    expect_column(bi_loss(maxima, form, 0.0).loss, expected.at("jsd"), 1e-9, rounding, "jsd");
    expect_column(actual.loss, expected.at("loss"), 1e-9, 0, "loss");
    EXPECT_NEAR(actual.beta / expected.at("beta").get<double>(), 1, 1e-9);
    expect_ranks(actual, expected);
  };
  check("gomez2024", BiForm::kCode);
  check("gomez2024-text", BiForm::kText);
}

TEST(GoldenBiLoss, TwoLanguages) { expect_bi("two_languages", 2, 1024); }
TEST(GoldenBiLoss, ThreeLanguages) { expect_bi("three_languages", 3, 1024); }
TEST(GoldenBiLoss, FewLiveFeatures) { expect_bi("few_live", 2, 256); }

void expect_table(const ScoreTable& table, const json& expected) {
  expect_column(as_optional(table.alive), expected.at("alive"), 0, 0, "alive");
  expect_column(as_optional(table.n_languages_active), expected.at("n_languages_active"), 0, 0,
                "n_languages_active");
  expect_column(as_optional(table.cofire), expected.at("cofire"), 0, 0, "cofire");
  expect_column(table.overlap, expected.at("overlap"), 1e-9, 0, "overlap");
  expect_column(table.overlap_expected, expected.at("overlap_expected"), 1e-9, 0, "expected");
  expect_column(table.n_eff, expected.at("n_eff"), 1e-9, 0, "n_eff");
  // κ is a difference: M and E agree to 1e-9 of themselves, and near 0 κ cannot do better.
  expect_column(table.agreement_raw, expected.at("agreement_raw"), 1e-9, 1e-14, "agreement_raw");
  expect_column(as_optional(table.agreement), expected.at("agreement"), 1e-9, 1e-14, "agreement");
  expect_column(table.p_cofire, expected.at("p_cofire"), 1e-9, 0, "p_cofire");
  expect_column(table.q_cofire, expected.at("q_cofire"), 1e-9, 0, "q_cofire");
}

/// JSON has booleans where the table has bytes.
json with_numbers_for_booleans(json columns) {
  for (auto& alive : columns.at("alive")) alive = alive.get<bool>() ? 1 : 0;
  return columns;
}

/// No permutations and no resamples: what the goldens do not speak of.
ScoringOptions closed_forms(double lambda) {
  return {.shrinkage_lambda = lambda, .max_permutations = 0, .n_bootstrap = 0};
}

TEST(GoldenAgreement, TwoAndThreeLanguages) {
  const auto activations = read_golden_activations();
  const auto golden = read_golden_json("agreement.json");
  const auto options = closed_forms(golden.at("shrinkage_lambda"));
  expect_table(score_features({activations.maxima(2, 1024)}, options, {}),
               with_numbers_for_booleans(golden.at("two_languages")));
  expect_table(score_features({activations.maxima(3, 1024)}, options, {}),
               with_numbers_for_booleans(golden.at("three_languages")));
}

TEST(GoldenAgreement, EdgeCases) {
  const auto golden = read_golden_json("agreement.json");
  const auto options = closed_forms(golden.at("shrinkage_lambda"));
  ASSERT_GE(golden.at("edge_cases").size(), 18U);
  for (const auto& [name, expected] : golden.at("edge_cases").items()) {
    SCOPED_TRACE(name);
    const auto& x = expected.at("x");
    const auto n_languages = x[0].size();
    std::vector<testing::DenseColumn> columns(n_languages);
    for (const auto& row : x) {
      for (std::size_t l = 0; l < n_languages; ++l) columns[l].push_back(row[l].get<float>());
    }
    const std::vector<std::string> names = {"en", "es", "de"};
    const auto table = score_features(
        {make_maxima({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(n_languages)},
                     static_cast<std::int32_t>(x.size()), {columns})},
        options, {});
    auto columns_expected = json::object();
    for (const auto& [column, value] : expected.items()) columns_expected[column] = {value};
    // The edge cases are single features: their q is their p, if they are live.
    columns_expected["q_cofire"] = {expected.at("alive").get<bool>() ? expected.at("p_cofire")
                                                                     : json()};
    expect_table(table, with_numbers_for_booleans(columns_expected));
  }
}

}  // namespace
}  // namespace isogloss

// Measures of real activations and of edge cases against scikit-learn, scipy, statsmodels and
// pingouin (tools/golden/measures.py).

#include <gtest/gtest.h>

#include <cmath>

#include "isogloss/score/measures/measures.h"
#include "tests/score/golden_activations.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::GoldenActivations;
using testing::make_maxima;
using testing::read_golden_activations;
using testing::read_golden_json;

constexpr std::int32_t kFeatures = 256;

std::vector<TokenTotals> token_totals(const GoldenActivations& activations,
                                      std::int32_t n_languages) {
  const auto n_features = static_cast<std::size_t>(activations.n_features);
  std::vector<TokenTotals> totals(static_cast<std::size_t>(n_languages));
  for (auto& language : totals) {
    language.firing.resize(n_features);
    language.mass.resize(n_features);
  }
  for (std::size_t token = 0; token < activations.sample.size(); ++token) {
    if (activations.language[token] >= n_languages) continue;
    auto& language = totals[static_cast<std::size_t>(activations.language[token])];
    ++language.n_tokens;
    for (auto i = static_cast<std::size_t>(activations.offsets[token]);
         i < static_cast<std::size_t>(activations.offsets[token + 1]); ++i) {
      const auto feature = static_cast<std::size_t>(activations.features[i]);
      ++language.firing[feature];
      language.mass[feature] += activations.values[i];
    }
  }
  return totals;
}

/// The script names the languages of "nu" by their index.
std::string golden_name(const std::string& column, const std::vector<std::string>& languages) {
  for (std::size_t l = 0; l < languages.size(); ++l) {
    if (column == "nu_" + languages[l]) return "nu_" + std::to_string(l);
  }
  return column;
}

/// Nulls in the same places; values to 1e-9 of themselves, and to 1e-13, since measures that are
/// differences of numbers near 1 have no more digits near 0.
void expect_column(const Measure& actual, const json& expected) {
  SCOPED_TRACE(actual.name);
  ASSERT_EQ(actual.values.size(), expected.size());
  for (std::size_t f = 0; f < actual.values.size(); ++f) {
    ASSERT_EQ(actual.values[f].has_value(), !expected[f].is_null()) << "feature " << f;
    if (!actual.values[f]) continue;
    const auto value = expected[f].get<double>();
    EXPECT_NEAR(*actual.values[f], value, 1e-9 * std::abs(value) + 1e-13) << "feature " << f;
  }
}

/// `expected` has one list a column, and no column that we lack.
void expect_all(const Maxima& maxima, std::span<const TokenTotals> totals, const json& expected) {
  std::size_t n_columns = 0;
  for (const auto* definition : measures()) {
    for (const auto& column : compute_measure(definition->name, maxima, totals)) {
      expect_column(column, expected.at(golden_name(column.name, maxima.languages)));
      ++n_columns;
    }
  }
  EXPECT_EQ(n_columns, expected.size());
}

TEST(GoldenMeasures, TwoAndThreeLanguages) {
  const auto activations = read_golden_activations();
  const auto golden = read_golden_json("measures.json");
  expect_all(activations.maxima(2, kFeatures), token_totals(activations, 2),
             golden.at("two_languages"));
  expect_all(activations.maxima(3, kFeatures), token_totals(activations, 3),
             golden.at("three_languages"));
}

TEST(GoldenMeasures, EdgeCases) {
  const auto golden = read_golden_json("measures.json");
  ASSERT_GE(golden.at("edge_cases").size(), 25U);
  for (const auto& [name, edge] : golden.at("edge_cases").items()) {
    SCOPED_TRACE(name);
    const auto& x = edge.at("x");
    const auto n_languages = x[0].size();
    std::vector<testing::DenseColumn> columns(n_languages);
    std::vector<std::string> languages;
    std::vector<TokenTotals> totals;
    for (std::size_t l = 0; l < n_languages; ++l) {
      for (const auto& row : x) columns[l].push_back(row[l].get<float>());
      languages.push_back("l" + std::to_string(l));
      totals.push_back({.n_tokens = edge.at("n_tokens")[l],
                        .firing = {edge.at("firing")[l].get<std::int64_t>()},
                        .mass = {edge.at("mass")[l].get<double>()}});
    }
    auto expected = json::object();
    for (const auto& [column, value] : edge.at("columns").items()) {
      expected[column] = json::array({value});
    }
    expect_all(make_maxima(languages, static_cast<std::int32_t>(x.size()), {columns}), totals,
               expected);
  }
}

}  // namespace
}  // namespace isogloss

// What the order of sentences and languages and the scale of activations do to the measures of
// tokens, from the tokens on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "isogloss/score/measures/measures.h"
#include "isogloss/stats/token_profile.h"
#include "tests/support/token_folder.h"

namespace isogloss {
namespace {

constexpr std::int32_t kFeatures = 30;
constexpr std::size_t kLanguages = 3;

/// By column: "nu", "nu_<language>", "sae_lape", "mean_ratio".
using Columns = std::map<std::string, std::vector<std::optional<double>>>;

/// Sentences of 1 to 9 tokens. Features fire on more tokens the higher their number, and in some
/// languages more than in others; feature 0 nowhere, feature 1 in one language only.
struct Example {
  std::vector<std::string> languages = {"en", "es", "de"};
  std::vector<std::vector<SentenceSpec>> rows;  ///< [sample][language]

  Example() {
    std::mt19937 random(3);
    std::lognormal_distribution<double> strength(0, 1);
    for (int sample = 0; sample < 40; ++sample) {
      auto& row = rows.emplace_back(kLanguages);
      for (std::size_t l = 0; l < kLanguages; ++l) {
        const auto n_tokens = 1 + random() % (5 + 2 * l);
        for (std::size_t t = 0; t < n_tokens; ++t) {
          TokenSpec token{"x", {}};
          for (std::int32_t f = 1; f < kFeatures; ++f) {
            const double rate = 0.03 * f * (f % 3 == static_cast<int>(l) ? 1 : 0.4);
            if ((f == 1 && l != 2) || !std::bernoulli_distribution(rate)(random)) continue;
            token.features[f] = static_cast<float>(strength(random));
          }
          row[l].text += "x";
          row[l].tokens.push_back(std::move(token));
        }
      }
    }
    rows[0][2].tokens[0].features[1] = 1;
  }

  void scale(const std::vector<float>& factors) {
    for (auto& row : rows) {
      for (std::size_t l = 0; l < kLanguages; ++l) {
        for (auto& token : row[l].tokens) {
          for (auto& [feature, x] : token.features) x *= factors[l];
        }
      }
    }
  }

  Columns measure() const {
    const TokenFolder folder(languages, kFeatures, rows);
    const auto maxima = folder.maxima();
    std::vector<TokenTotals> totals;
    for (auto& of_language : compute_token_profile(folder.folder, maxima, {}).profile.by_language) {
      totals.push_back(std::move(of_language.totals));
    }
    Columns columns;
    for (const auto* definition : measures()) {
      if (!definition->uses_tokens()) continue;
      for (auto& column : compute_measure(definition->name, maxima, totals)) {
        columns[column.name] = std::move(column.values);
      }
    }
    return columns;
  }
};

void expect_near(const Columns& actual, const Columns& expected) {
  ASSERT_EQ(actual.size(), 6U);
  for (const auto& [name, values] : expected) {
    SCOPED_TRACE(name);
    for (std::size_t f = 0; f < values.size(); ++f) {
      const auto& found = actual.at(name)[f];
      ASSERT_EQ(found.has_value(), values[f].has_value()) << f;
      if (found) {
        EXPECT_NEAR(*found, *values[f], 1e-14) << f;
      }
    }
  }
}

/// Nothing to tell where all languages are the same, or all features.
TEST(TokenInvariance, TheExampleTellsLanguagesApart) {
  const auto columns = Example().measure();
  EXPECT_EQ(columns.at("sae_lape")[1], 0);
  EXPECT_EQ(columns.at("mean_ratio")[1], 0);
  for (const auto& [name, values] : columns) {
    EXPECT_FALSE(values[0].has_value()) << name;
    for (std::size_t f = 2; f < kFeatures; ++f) EXPECT_NE(values[f], values[f - 1]) << name;
  }
  for (std::size_t f = 2; f < kFeatures; ++f) {
    EXPECT_LT(*columns.at("mean_ratio")[f], 0.9) << f;
    EXPECT_LT(*columns.at("sae_lape")[f], std::log(3.0) - 0.01) << f;
  }
}

TEST(TokenInvariance, OrderOfSentences) {
  Example example;
  const auto before = example.measure();
  std::shuffle(example.rows.begin(), example.rows.end(), std::mt19937(4));
  expect_near(example.measure(), before);
}

TEST(TokenInvariance, OrderOfLanguages) {
  Example example;
  const auto before = example.measure();
  std::ranges::reverse(example.languages);
  for (auto& row : example.rows) std::ranges::reverse(row);
  expect_near(example.measure(), before);  // each nu_<language> goes with its language
}

TEST(TokenInvariance, ScaleOfAllLanguagesScalesNuOnly) {
  Example example;
  auto expected = example.measure();
  for (auto& [name, values] : expected) {
    if (!name.starts_with("nu")) continue;
    for (auto& value : values) {
      if (value) *value *= 8;
    }
  }
  example.scale({8, 8, 8});
  EXPECT_EQ(example.measure(), expected);
}

TEST(TokenInvariance, ScaleOfALanguageMovesItsMeanOnly) {
  // With μ_en four times as large, ν_en grows by 3·μ_en and ν of the others falls by half of that,
  // the ratio of means changes fourfold at most, and entropies of firing do not see it.
  Example example;
  const auto before = example.measure();
  std::vector<double> mean(kFeatures);
  std::size_t n_tokens = 0;
  for (const auto& row : example.rows) {
    n_tokens += row[0].tokens.size();
    for (const auto& token : row[0].tokens) {
      for (const auto& [feature, x] : token.features) mean[static_cast<std::size_t>(feature)] += x;
    }
  }
  example.scale({4, 1, 1});
  const auto after = example.measure();
  EXPECT_EQ(after.at("sae_lape"), before.at("sae_lape"));
  const auto growth = [&](const std::string& name, std::size_t f) {
    return *after.at(name)[f] - *before.at(name)[f];
  };
  for (std::size_t f = 1; f < kFeatures; ++f) {
    SCOPED_TRACE(f);
    const double grown = 3 * mean[f] / static_cast<double>(n_tokens);
    EXPECT_NEAR(growth("nu_en", f), grown, 1e-13);
    EXPECT_NEAR(growth("nu_es", f), -grown / 2, 1e-13);
    EXPECT_NEAR(growth("nu_de", f), -grown / 2, 1e-13);
    const double ratio = *after.at("mean_ratio")[f];
    EXPECT_GE(ratio, *before.at("mean_ratio")[f] / 4 * (1 - 1e-14));
    EXPECT_LE(ratio, *before.at("mean_ratio")[f] * 4 * (1 + 1e-14));
    EXPECT_EQ(*after.at("nu")[f],
              std::max({*after.at("nu_en")[f], *after.at("nu_es")[f], *after.at("nu_de")[f]}));
  }
}

}  // namespace
}  // namespace isogloss

// No score sees the order of sentences or languages, or the scale of a language's activations.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "isogloss/score/score_table.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::random_column;

constexpr std::int32_t kRows = 120;
constexpr std::size_t kLanguages = 3;

/// Features of many densities, some silent in a language, and what their sentences are.
struct Example {
  std::vector<std::vector<DenseColumn>> features;
  RowTraits traits;

  Example() {
    std::mt19937 random(8);
    for (int f = 0; f < 40; ++f) {
      features.emplace_back();
      for (std::size_t l = 0; l < kLanguages; ++l) {
        features.back().push_back(random_column(random, kRows, (f % 8 + 1) / 10.0));
      }
      if (f % 9 == 0) features.back()[1].assign(kRows, 0);
    }
    traits.n_tokens.assign(kLanguages, std::vector<std::int32_t>(kRows));
    for (auto& lengths : traits.n_tokens) {
      for (auto& length : lengths) length = static_cast<std::int32_t>(3 + random() % 30);
    }
    for (std::int32_t row = 0; row < kRows; ++row) traits.document.push_back(row / 50);
  }

  /// Row i is the former row order[i].
  void reorder_rows(const std::vector<std::size_t>& order) {
    const auto reorder = [&](auto& column) {
      auto former = column;
      for (std::size_t i = 0; i < order.size(); ++i) column[i] = former[order[i]];
    };
    for (auto& feature : features) std::ranges::for_each(feature, reorder);
    std::ranges::for_each(traits.n_tokens, reorder);
    reorder(traits.document);
    std::map<std::int32_t, std::int32_t> numbers;  // again in order of appearance
    for (auto& document : traits.document) {
      const auto next = static_cast<std::int32_t>(numbers.size());
      document = numbers.try_emplace(document, next).first->second;
    }
  }

  void reverse_languages() {
    for (auto& feature : features) std::ranges::reverse(feature);
    std::ranges::reverse(traits.n_tokens);
  }

  /// By powers of two, which leave the shares equal to the bit.
  void scale(const std::vector<float>& factors) {
    for (auto& feature : features) {
      for (std::size_t l = 0; l < kLanguages; ++l) {
        for (auto& x : feature[l]) x *= factors[l];
      }
    }
  }

  ScoreTable score() const {
    const auto maxima = make_maxima({"a", "b", "c"}, kRows, features);
    ScoringOptions options{.max_permutations = 2000, .max_t_permutations = 500, .n_bootstrap = 200};
    for (const auto& measure : measures()) {
      if (!measure.uses_tokens) options.measures.emplace_back(measure.name);
    }
    return score_features({maxima, &traits}, options, {});
  }
};

using Named = std::pair<std::string, OptionalColumn>;

OptionalColumn optional(const auto& column) { return {column.begin(), column.end()}; }

/// Those that draw nothing at random.
std::vector<Named> computed_columns(const ScoreTable& table) {
  std::vector<Named> columns = {{"alive", optional(table.alive)},
                                {"n_languages_active", optional(table.n_languages_active)},
                                {"agreement", optional(table.agreement)},
                                {"agreement_raw", table.agreement_raw},
                                {"agreement_rank", optional(table.agreement_rank)},
                                {"overlap", table.overlap},
                                {"overlap_expected", table.overlap_expected},
                                {"n_eff", table.n_eff},
                                {"cofire", optional(table.cofire)},
                                {"p_cofire", table.p_cofire},
                                {"q_cofire", table.q_cofire},
                                {"rank", optional(table.rank)},
                                {"agreement_stratified", optional(table.agreement_stratified)},
                                {"agreement_stratified_raw", table.agreement_stratified_raw},
                                {"overlap_expected_stratified", table.overlap_expected_stratified},
                                {"p_cofire_stratified", table.p_cofire_stratified},
                                {"agreement_min", table.agreement_min},
                                {"agreement_strict", table.agreement_strict},
                                {"agreement_attainable", table.agreement_attainable},
                                {"containment", table.containment},
                                {"bi_loss", table.bi_loss},
                                {"bi_loss_text", table.bi_loss_text}};
  for (const auto& measure : table.measures) columns.emplace_back(measure.name, measure.values);
  return columns;
}

/// q_agreement follows from p_agreement, and its chances add up over the features.
std::vector<Named> drawn_columns(const ScoreTable& table) {
  return {{"p_agreement", table.p_agreement},
          {"p_agreement_max_t", table.p_agreement_max_t},
          {"agreement_low", table.agreement_low},
          {"agreement_high", table.agreement_high}};
}

void expect_near(const std::vector<Named>& a, const std::vector<Named>& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t c = 0; c < a.size(); ++c) {
    SCOPED_TRACE(a[c].first);
    for (std::size_t f = 0; f < a[c].second.size(); ++f) {
      const auto& x = a[c].second[f];
      const auto& y = b[c].second[f];
      ASSERT_EQ(x.has_value(), y.has_value()) << f;
      if (x) {
        EXPECT_NEAR(*x, *y, tolerance * std::max(1.0, std::abs(*x))) << f;
      }
    }
  }
}

/// Other draws give other p-values: of some hundred permutations, where p is settled early, with a
/// standard error of up to .05.
constexpr double kByChance = 0.2;

TEST(ScoreInvariance, OrderOfSentences) {
  Example example;
  const auto before = example.score();
  std::vector<std::size_t> order(kRows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(9));
  example.reorder_rows(order);
  const auto after = example.score();
  expect_near(computed_columns(before), computed_columns(after), 1e-12);
  expect_near(drawn_columns(before), drawn_columns(after), kByChance);
}

TEST(ScoreInvariance, OrderOfLanguages) {
  Example example;
  const auto before = example.score();
  example.reverse_languages();
  const auto after = example.score();
  expect_near(computed_columns(before), computed_columns(after), 1e-12);
  expect_near(drawn_columns(before), drawn_columns(after), kByChance);
}

TEST(ScoreInvariance, ScaleOfALanguage) {
  Example example;
  const auto before = example.score();
  example.scale({4, 0.125, 1024});
  const auto after = example.score();
  EXPECT_EQ(drawn_columns(before), drawn_columns(after));
  auto computed = computed_columns(before);
  auto scaled = computed_columns(after);
  // ICC is about equal strength, so that it may see the scale of one language.
  for (auto* columns : {&computed, &scaled}) {
    std::erase_if(*columns, [](const Named& column) { return column.first == "icc"; });
  }
  EXPECT_EQ(computed, scaled);
}

TEST(ScoreInvariance, ScaleOfAllLanguages) {
  Example example;
  const auto before = example.score();
  example.scale({8, 8, 8});
  const auto after = example.score();
  EXPECT_EQ(computed_columns(before), computed_columns(after));
  EXPECT_EQ(drawn_columns(before), drawn_columns(after));
}

}  // namespace
}  // namespace isogloss

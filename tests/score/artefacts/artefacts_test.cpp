#include "isogloss/score/artefacts/artefacts.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <sstream>

#include "isogloss/score/score_columns.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::random_column;

/// One feature in two languages of 20 sentences, harmless until a test makes it otherwise.
class ArtefactTest : public ::testing::Test {
 protected:
  ArtefactTest() {
    for (std::size_t l = 0; l < 2; ++l) {
      traits_.n_tokens.push_back({5, 9, 5, 9, 5, 9, 5, 9, 5, 9, 5, 9, 5, 9, 5, 9, 5, 9, 5, 9});
      columns_.push_back({1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
      LanguageProfile language;
      language.totals = {200, {10}, {20.0}};
      language.shared_mass = {2};
      language.n_peaks = {8};
      language.punctuation_peaks = {1};
      language.edge_peaks = {2};
      language.top_token = {{static_cast<std::int32_t>(l), 0.25}};
      language.peaks.resize(kPeakTokens);
      profiles_.tokens.by_language.push_back(language);
    }
    profiles_.tokens.texts = {" the", " el"};
    profiles_.parts = {{0.4}, {0.6}, {0.45}};
  }

  LanguageProfile& profile(std::size_t language) { return profiles_.tokens.by_language[language]; }

  Artefacts find() const {
    const auto maxima = make_maxima({"en", "es"}, 20, {columns_});
    return find_artefacts(maxima, traits_, profiles_,
                          {kappa_, expected_, expected_stratified_, n_eff_});
  }

  std::set<std::string> flags() const {
    const auto artefacts = find();
    std::set<std::string> raised;
    for (const auto* flag : isogloss::flags()) {
      if (artefacts.has(*flag, 0)) raised.emplace(flag->name);
    }
    return raised;
  }

  using Names = std::set<std::string>;
  RowTraits traits_;
  std::vector<DenseColumn> columns_;
  FeatureProfiles profiles_;
  OptionalColumn kappa_{0.5};
  OptionalColumn expected_{0.2};
  OptionalColumn expected_stratified_{0.3};
  OptionalColumn n_eff_{7.0};
};

TEST_F(ArtefactTest, ColumnsAreMeansAndMaximaOverLanguages) {
  profile(1).shared_mass[0] = 10;
  profile(1).punctuation_peaks[0] = 3;
  profile(1).edge_peaks[0] = 0;
  profile(1).top_token[0].share = 0.375;
  profile(1).totals.firing[0] = 30;
  columns_[1][19] = 1;
  const auto artefacts = find();
  EXPECT_DOUBLE_EQ(*artefacts.shared_mass[0], (0.1 + 0.5) / 2);
  EXPECT_DOUBLE_EQ(*artefacts.punctuation_share[0], (0.125 + 0.375) / 2);
  EXPECT_DOUBLE_EQ(*artefacts.edge_share[0], (0.25 + 0) / 2);
  EXPECT_DOUBLE_EQ(*artefacts.density[0], 9.0 / 20);
  EXPECT_DOUBLE_EQ(*artefacts.top_token_share[0], 0.375);
  EXPECT_DOUBLE_EQ(*artefacts.language_share[0], 0.75);
  EXPECT_EQ(artefacts.agreement_unshared[0], 0.4);
  EXPECT_EQ(artefacts.noise_ceiling[0], 0.6);
  EXPECT_EQ(artefacts.top_token[0][0], " the");
  EXPECT_EQ(artefacts.top_token[1][0], " el");
  EXPECT_EQ(artefacts.top_token_share_of[0][0], 0.25);
}

TEST_F(ArtefactTest, AHarmlessFeatureHasNoFlag) { EXPECT_EQ(flags(), Names{}); }

TEST_F(ArtefactTest, SharedTokens) {
  profiles_.parts.agreement_unshared[0] = 0.25;
  EXPECT_EQ(flags(), Names{});
  profiles_.parts.agreement_unshared[0] = 0.249;
  EXPECT_EQ(flags(), Names{"flag_shared_tokens"});
  kappa_[0] = 0.04;  // too little to explain
  profiles_.parts.agreement_unshared[0] = -0.2;
  EXPECT_EQ(flags(), Names{});
}

TEST_F(ArtefactTest, Length) {
  profiles_.parts.agreement_length[0] = 0.39;
  EXPECT_EQ(flags(), Names{"flag_length"});
  profiles_.parts.agreement_length[0].reset();
  EXPECT_EQ(flags(), Names{});
  for (std::size_t row = 0; row < 20; ++row) {  // fires on the short ones
    for (auto& column : columns_) column[row] = row % 2 == 0 && row < 16 ? 1 : 0;
  }
  EXPECT_EQ(flags(), Names{"flag_length"});
  EXPECT_LT(*find().length_correlation[0], -0.5);
}

TEST_F(ArtefactTest, PositionAndPunctuation) {
  for (std::size_t l = 0; l < 2; ++l) profile(l).edge_peaks[0] = 5;
  EXPECT_EQ(flags(), Names{"flag_position"});
  for (std::size_t l = 0; l < 2; ++l) profile(l).punctuation_peaks[0] = 4;
  EXPECT_EQ(flags(), (Names{"flag_position", "flag_punctuation"}));
}

TEST_F(ArtefactTest, Dense) {
  expected_[0] = 0.51;
  EXPECT_EQ(flags(), Names{"flag_dense"});
  expected_[0].reset();
  expected_stratified_[0] = 0.51;
  EXPECT_EQ(flags(), Names{"flag_dense"});
  expected_stratified_[0] = 0.5;
  columns_[0] = DenseColumn(20, 1);  // fires everywhere, but evenly only in one language
  columns_[0][19] = 0;
  EXPECT_EQ(flags(), Names{});
}

TEST_F(ArtefactTest, Support) {
  n_eff_[0] = 4.9;
  EXPECT_EQ(flags(), Names{"flag_support"});
  n_eff_[0].reset();
  EXPECT_EQ(flags(), Names{});
  for (std::size_t row = 4; row < 20; ++row) columns_[1][row] = 0;
  EXPECT_EQ(flags(), Names{"flag_support"});
}

TEST_F(ArtefactTest, OneTokenAndOneLanguage) {
  profile(1).top_token[0].share = 0.5;
  EXPECT_EQ(flags(), Names{"flag_one_token"});
  for (std::size_t row = 4; row < 20; ++row) columns_[1][row] = 0;
  EXPECT_EQ(flags(), Names{"flag_support"});
  EXPECT_EQ(find().top_token_share[0], 0.25);
  columns_[1] = columns_[0];
  profile(0).totals.firing[0] = 90;
  EXPECT_EQ(flags(), (Names{"flag_language", "flag_one_token"}));
}

TEST_F(ArtefactTest, LeavesSilentLanguagesOut) {
  columns_[1] = DenseColumn(20);
  profile(1) = {{200, {0}, {0.0}}, {0}, {0}, {0}, {0}, {TokenShare{}}, {}};
  profile(1).peaks.resize(kPeakTokens);
  kappa_[0].reset();
  profiles_.parts = {{std::nullopt}, {std::nullopt}, {std::nullopt}};
  const auto artefacts = find();
  EXPECT_DOUBLE_EQ(*artefacts.shared_mass[0], 0.1);
  EXPECT_EQ(artefacts.language_share[0], 1);
  EXPECT_EQ(artefacts.top_token[1][0], "");
  EXPECT_FALSE(artefacts.top_token_share_of[1][0]);
  EXPECT_EQ(flags(), Names{"flag_language"});
}

TEST_F(ArtefactTest, ASilentFeatureHasNothing) {
  columns_.assign(2, DenseColumn(20));
  profiles_.parts = {{std::nullopt}, {std::nullopt}, {std::nullopt}};
  const auto artefacts = find();
  visit_artefact_columns(artefacts, [](const ColumnInfo& info, const auto& column) {
    EXPECT_FALSE(static_cast<bool>(column[0])) << info.name;
  });
}

TEST_F(ArtefactTest, LengthCorrelationIsPearsons) {
  std::mt19937 random(3);
  std::uniform_int_distribution<std::int32_t> length(3, 40);
  for (int trial = 0; trial < 50; ++trial) {
    for (auto& lengths : traits_.n_tokens) {
      for (auto& n : lengths) n = length(random);
    }
    for (auto& column : columns_) column = random_column(random, 20, 0.5);
    if (trial == 0) columns_[1] = DenseColumn(20, 0.1F);  // constant: left out of the mean
    double sum = 0;
    double n_correlations = 0;
    for (std::size_t l = 0; l < 2; ++l) {
      const auto& x = columns_[l];
      const auto& y = traits_.n_tokens[l];
      const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / 20;
      const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / 20;
      double xy = 0;
      double xx = 0;
      double yy = 0;
      for (std::size_t row = 0; row < 20; ++row) {
        xy += (x[row] - mean_x) * (y[row] - mean_y);
        xx += (x[row] - mean_x) * (x[row] - mean_x);
        yy += (y[row] - mean_y) * (y[row] - mean_y);
      }
      if (trial == 0 && l == 1) continue;
      sum += xy / std::sqrt(xx * yy);
      ++n_correlations;
    }
    EXPECT_NEAR(find().length_correlation[0].value(), sum / n_correlations, 1e-12);
  }
  for (auto& lengths : traits_.n_tokens) lengths.assign(20, 7);
  EXPECT_FALSE(find().length_correlation[0]);
}

std::vector<std::optional<double>> all_values(const Artefacts& artefacts) {
  std::vector<std::optional<double>> values;
  visit_artefact_columns(artefacts, [&](const ColumnInfo&, const auto& column) {
    values.emplace_back(column.front());
  });
  return values;
}

TEST_F(ArtefactTest, SeesNeitherTheOrderOfSentencesOrLanguagesNorTheScale) {
  traits_.n_tokens[1][3] = 30;
  const auto before = all_values(find());
  const auto expect_unchanged = [&] {
    const auto after = all_values(find());
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      ASSERT_EQ(after[i].has_value(), before[i].has_value()) << i;
      if (before[i]) {
        EXPECT_NEAR(*after[i], *before[i], 1e-14) << i;
      }
    }
  };
  for (std::size_t l = 0; l < 2; ++l) {
    std::shuffle(columns_[l].begin(), columns_[l].end(), std::mt19937(3));
    std::shuffle(traits_.n_tokens[l].begin(), traits_.n_tokens[l].end(), std::mt19937(3));
  }
  expect_unchanged();
  std::ranges::reverse(columns_);
  std::ranges::reverse(traits_.n_tokens);
  std::ranges::reverse(profiles_.tokens.by_language);
  expect_unchanged();
  for (auto& x : columns_[1]) x *= 8;
  profile(1).totals.mass[0] *= 8;
  profile(1).shared_mass[0] *= 8;
  expect_unchanged();
}

TEST(Flags, ExplainAgreementUnlessTheyAreFindings) {
  for (std::size_t i = 0; i < flags().size(); ++i) {
    Artefacts artefacts;
    for (auto& column : artefacts.flags) column = {0, 0};
    artefacts.flags[i][1] = 1;
    EXPECT_FALSE(artefacts.explain_agreement(0));
    EXPECT_EQ(artefacts.explain_agreement(1),
              flags()[i] != &flag::one_token && flags()[i] != &flag::language)
        << flags()[i]->name;
  }
}

TEST(Flags, HaveNamesMeaningsAndNumbersThatAreColumns) {
  std::set<std::string_view> columns;
  for (const auto& column : score_columns()) columns.insert(column.info.name);
  std::set<std::string_view> names;
  for (const auto* flag : flags()) {
    EXPECT_TRUE(flag->name.starts_with("flag_"));
    EXPECT_FALSE(flag->word.empty());
    EXPECT_FALSE(flag->meaning.empty());
    names.insert(flag->name);
    std::istringstream numbers{std::string(flag->numbers)};
    for (std::string number; numbers >> number;) EXPECT_TRUE(columns.contains(number)) << number;
  }
  EXPECT_EQ(names.size(), flags().size());
}

}  // namespace
}  // namespace isogloss

#include "cli/feature_text.h"

#include <gtest/gtest.h>

namespace isogloss::cli {
namespace {

/// Two features; the second fires most in "ru", and on one token in "en" and "ru".
ScoreTable two_features() {
  ScoreTable scores;
  scores.languages = {"en", "de", "ru"};
  scores.active = {{9, 7}, {9, 4}, {1, 30}};
  scores.artefacts.emplace();
  scores.artefacts->top_token = {{"a", " water"}, {"a", "rare"}, {"a", " \x1b[2J"}};
  scores.artefacts->top_token_share_of = {{0.1, 0.625}, {0.1, 1.0}, {0.1, 0.5}};
  return scores;
}

TEST(FlagDetail, NamesTheTokenOfTheLanguageWhereItCarriesMost) {
  auto scores = two_features();
  // "de" fires on four sentences: too few to say so.
  EXPECT_EQ(flag_detail_text(scores, flag::one_token, 1), ": ▁water, 62 % in en");
  scores.artefacts->top_token_share_of[2][1] = 0.75;
  EXPECT_EQ(flag_detail_text(scores, flag::one_token, 1).find('\x1b'), std::string::npos);
  EXPECT_TRUE(flag_detail_text(scores, flag::one_token, 1).ends_with(", 75 % in ru"));
}

TEST(FlagDetail, NamesTheLanguage) {
  EXPECT_EQ(flag_detail_text(two_features(), flag::language, 1), ": ru");
  EXPECT_EQ(flag_detail_text(two_features(), flag::language, 0), ": en");
}

TEST(FlagDetail, HasNothingToAddToOtherFlags) {
  EXPECT_EQ(flag_detail_text(two_features(), flag::length, 1), "");
}

}  // namespace
}  // namespace isogloss::cli

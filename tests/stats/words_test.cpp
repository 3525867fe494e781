#include "isogloss/stats/words.h"

#include <gmock/gmock.h>

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> keys(std::string_view text) {
  std::vector<std::string> result;
  for (auto& word : find_words(text)) result.push_back(std::move(word.key));
  return result;
}

TEST(Words, AreRunsOfLettersMarksAndNumbers) {
  EXPECT_THAT(keys("The cat's 2nd hat, 1.5 m"),
              ElementsAre("the", "cat", "s", "2nd", "hat", "1", "5", "m"));
  EXPECT_THAT(keys("हिन्दी में"), ElementsAre("हिन्दी", "में"));  // with combining vowel signs
  EXPECT_THAT(keys(""), IsEmpty());
  EXPECT_THAT(keys(" …!\n"), IsEmpty());
}

TEST(Words, AreEqualAcrossCaseWidthAndComposition) {
  EXPECT_EQ(keys("STRASSE"), keys("straße"));
  EXPECT_EQ(keys("Ｍａｄｒｉｄ"), keys("MADRID"));
  EXPECT_EQ(keys("１８８９"), keys("1889"));
  EXPECT_EQ(keys("cafe\u0301"), keys("CAFÉ"));
  EXPECT_EQ(keys("Москва"), keys("МОСКВА"));
  EXPECT_EQ(keys("ﬁn"), keys("fin"));
  EXPECT_NE(keys("París"), keys("Paris"));  // accents distinguish
}

TEST(Words, AreCutWhereWritingWithoutSpacesBeginsEndsOrChanges) {
  EXPECT_THAT(keys("用Chrome打开2001年"), ElementsAre("用", "chrome", "打开", "2001", "年"));
  EXPECT_THAT(keys("東京のホテル"), ElementsAre("東京", "の", "ホテル"));
  EXPECT_THAT(keys("ｺｰﾋｰ"), ElementsAre("コーヒー"));
  EXPECT_THAT(keys("ใช้Chromeครับ"), ElementsAre("ใช้", "chrome", "ครับ"));
  EXPECT_THAT(keys("한국어 문장"), ElementsAre("한국어", "문장"));  // Korean has spaces
}

TEST(Words, KnowWhereTheyStand) {
  const auto words = find_words("¿Qué? é");
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].begin, 2U);
  EXPECT_EQ(words[0].end, 6U);
  EXPECT_EQ(words[1].begin, 8U);
  EXPECT_EQ(words[1].end, 10U);
}

TEST(Punctuation, IsAllPunctuationSymbolsNumbersOrSpaces) {
  for (const auto* text :
       {".", " «", "...", "12", "½", "€", "👍", "❤\uFE0F", "、", "Ⅳ", "_", " ", "\u00A0"}) {
    EXPECT_TRUE(is_punctuation(text)) << text;
  }
  for (const auto* text : {"", "\n", "a", "a.", "2nd", "人", "\u0301"}) {
    EXPECT_FALSE(is_punctuation(text)) << text;
  }
}

}  // namespace
}  // namespace isogloss

#include "isogloss/core/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace isogloss {
namespace {

TEST(Utf8, AcceptsEveryScript) {
  EXPECT_EQ(find_invalid_utf8("ascii, ñ, Ж, 水, 🙂"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(find_invalid_utf8("ab\xFFz"), 2u);
  EXPECT_EQ(find_invalid_utf8("ab\xC3"), 2u);             // cut short
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);           // overlong
  EXPECT_EQ(find_invalid_utf8("x\xED\xA0\x80"), 1u);      // surrogate
  EXPECT_EQ(find_invalid_utf8("x\xF5\x80\x80\x80"), 1u);  // beyond U+10FFFF
}

TEST(Utf8, CountsCodePoints) { EXPECT_EQ(count_code_points("a水🙂"), 3u); }

TEST(Utf8, StepsOverWhatIsNotValidByteByByte) {
  std::vector<char32_t> points;
  std::vector<std::size_t> begins;
  for_each_character("é\xFF\xE6\xB0z", [&](const Character& character, std::size_t begin) {
    points.push_back(character.point);
    begins.push_back(begin);
    EXPECT_EQ(character.is_valid, character.point != U'\uFFFD');
  });
  EXPECT_EQ(points, (std::vector<char32_t>{U'é', U'\uFFFD', U'\uFFFD', U'\uFFFD', U'z'}));
  EXPECT_EQ(begins, (std::vector<std::size_t>{0, 2, 3, 4, 5}));
}

TEST(Utf8, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(column_width(U'a'), 1);
  EXPECT_EQ(column_width(U'水'), 2);
  EXPECT_EQ(column_width(U'\u0301'), 0);
  EXPECT_EQ(column_width(U'\n'), 0);
  EXPECT_EQ(column_width(U'\u093F'), 1) << "a Devanagari vowel sign has a column of its own";
  EXPECT_EQ(column_width(U'\u1112'), 2);
  EXPECT_EQ(column_width(U'\u1161'), 0) << "a Hangul vowel joins the consonant before it";
  EXPECT_EQ(column_width(U'\u0600'), 1) << "an Arabic number sign is seen";
}

TEST(Lists, AreJoinedAsInASentence) {
  const std::vector<std::string_view> choices = {"a", "b", "c"};
  EXPECT_EQ(join_choices({choices.data(), 1}), "a");
  EXPECT_EQ(join_choices({choices.data(), 2}), "a or b");
  EXPECT_EQ(join_choices(choices), "a, b, or c");
}

}  // namespace
}  // namespace isogloss

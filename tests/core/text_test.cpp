#include "isogloss/core/text.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace isogloss

#include "isogloss/core/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace isogloss {
namespace {

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(JsonDepth, IsThatOfBracketsOutsideStrings) {
  EXPECT_FALSE(nests_too_deep(""));
  EXPECT_FALSE(nests_too_deep(nested(kMaxJsonDepth)));
  EXPECT_TRUE(nests_too_deep(nested(kMaxJsonDepth + 1)));
  EXPECT_TRUE(nests_too_deep(R"({"a": )" + nested(kMaxJsonDepth) + "}"));
  EXPECT_FALSE(nests_too_deep("[" + nested(60) + "," + nested(60) + "]")) << "side by side";
  EXPECT_FALSE(nests_too_deep("[\"\\\"" + nested(200) + "\"]")) << "in a string";
  EXPECT_TRUE(nests_too_deep("[\"\\\\\"" + nested(200))) << "after a string that ends in \\";
}

}  // namespace
}  // namespace isogloss

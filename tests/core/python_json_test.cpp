#include "isogloss/core/python_json.h"

#include <gtest/gtest.h>

namespace isogloss {
namespace {

TEST(WithoutNanWords, ReplacesOnlyBareWords) {
  EXPECT_EQ(without_nan_words(R"({"a": NaN, "b": [Infinity, -Infinity, 1]})"),
            R"({"a": null, "b": [null, null, 1]})");
  EXPECT_EQ(without_nan_words(R"({"NaN": "NaN \" -Infinity \\", "c": NaN})"),
            R"({"NaN": "NaN \" -Infinity \\", "c": null})");
}

TEST(WithoutNanWords, LeavesWhatIsNoJsonAsItIs) {
  for (const auto* text : {"", "\"NaN", "\"NaN\\", "-Infinit", "nan"}) {
    EXPECT_EQ(without_nan_words(text), text);
  }
}

}  // namespace
}  // namespace isogloss

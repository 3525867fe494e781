#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <clocale>

namespace isogloss::cli {
namespace {

TEST(Printable, LetsNoControlCharacterThrough) {
  EXPECT_EQ(printable("\x1b[2Jgone\r\n\t\x7f."), " [2Jgone    .");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            " 31m");  // C1's CSI, as UTF-8
}

TEST(Printable, KeepsEverythingElse) {
  const std::string text = "ñ ▁северу 北 😀\xc2\xa0.";
  EXPECT_EQ(printable(text), text);
}

TEST(WrapWords, BreaksAtSpacesByDisplayWidth) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(wrap_words("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap_words("北北 北", 6), (std::vector<std::string>{"北北", "北"}));
}

TEST(Fit, CutsWithAnEllipsis) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(fit("sentence", 8), "sentence");
  EXPECT_EQ(fit("sentences", 8), "sentenc…");
  EXPECT_EQ(fit("北北北", 5), "北北…");
}

}  // namespace
}  // namespace isogloss::cli

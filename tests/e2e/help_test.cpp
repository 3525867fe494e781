// What --help says, as a terminal shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

class Help : public RunFixture {
 protected:
  std::string of(const std::vector<std::string>& verb) const {
    auto words = verb;
    words.push_back("--help");
    const auto outcome = run(words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The first words of the lines under "Subcommands:".
std::vector<std::string> verbs_of(const std::string& help) {
  std::vector<std::string> verbs;
  std::istringstream list(help.substr(help.find("Subcommands:")));
  std::string line;
  std::getline(list, line);
  while (std::getline(list, line) && !line.empty()) {
    verbs.emplace_back();
    std::istringstream(line) >> verbs.back();
  }
  return verbs;
}

TEST_F(Help, FitsTheTerminal) {
  const auto help = of({});
  auto lines = lines_of(help);
  const auto verbs = verbs_of(help);
  EXPECT_THAT(verbs, ::testing::IsSupersetOf({"run", "score", "validate", "inspect"}));
  for (const auto& verb : verbs) {
    const auto more = lines_of(of({verb}));
    EXPECT_GT(more.size(), 5u) << verb;
    lines.insert(lines.end(), more.begin(), more.end());
  }
  for (const auto& line : lines) EXPECT_LE(columns_of(line), 80u) << line;
}

}  // namespace
}  // namespace isogloss::test

// `isogloss validate` as its users run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::HasSubstr;

class Validate : public RunFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    auto words = tiny_run(folder_, output_, 40);
    words.insert(words.end(), {"--permutations", "0", "--bootstrap", "0"});
    ASSERT_EQ(run(words).exit_code, 0);
  }

  std::vector<std::string> words(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"validate", output_.string(), "--permutations",
                                   "2",        "--halves",       "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(Validate, OneRunWritesIntoItsFolderAndFitsTheTerminal) {
  const auto outcome = run(words());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("random halves"));
  for (const char* name : {"validation.html", "validation.parquet"}) {
    EXPECT_TRUE(std::filesystem::exists(output_ / name)) << name;
  }
  for (const char* word : {"agreement_stratified", "jaccard", "top64", "(every feature equally)",
                           "p_cofire, permuted within strata"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("page") || line.starts_with("table")) continue;  // paths are as they are
    EXPECT_LE(columns_of(line), 80u) << line;
  }
}

TEST_F(Validate, RepeatedGivesEqualBytes) {
  ASSERT_EQ(run(words({"--output", (folder_ / "a").string()})).exit_code, 0);
  ASSERT_EQ(run(words({"--output", (folder_ / "b").string()})).exit_code, 0);
  EXPECT_EQ(snapshot(folder_ / "a"), snapshot(folder_ / "b"));
}

TEST_F(Validate, PrintsJson) {
  const auto outcome = run(words({"--json"}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_GT(json.at("findings").size(), 100u);
  EXPECT_TRUE(std::filesystem::exists(json.at("files").at("page").get<std::string>()));
}

TEST_F(Validate, ComparesWithAnotherArithmetic) {
  auto again = tiny_run(folder_, folder_ / "exact", 40);
  again.insert(again.end(), {"--permutations", "0", "--bootstrap", "0", "--exact"});
  ASSERT_EQ(run(again).exit_code, 0);
  const auto outcome = run(words({"--against", (folder_ / "exact").string()}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  // The model is float32 already: exact arithmetic changes nothing.
  EXPECT_THAT(outcome.out, HasSubstr("another arithmetic (exact)\n"
                                     "  firings in one run only 0, median change of the others 0"));
  EXPECT_THAT(outcome.out, HasSubstr("κ: Spearman 1; differs by 0 (median), 0 (95 %), 0 (most)"));
}

TEST_F(Validate, SaysThatRoundingWasNotMeasured) {
  EXPECT_THAT(run(words()).out, HasSubstr("rounding: not measured"));
}

TEST_F(Validate, RefusesBadInputInOneLine) {
  const auto refused = [&](const std::vector<std::string>& arguments, int exit_code,
                           const std::string& part) {
    const auto outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(part));
  };
  refused({"validate"}, 2, "RUN");
  refused({"validate", output_.string(), output_.string()}, 2, "--output");
  refused({"validate", output_.string(), output_.string(), "--output", folder_.string()}, 2,
          "twice");
  refused({"validate", (folder_ / "none").string()}, 3, "none");
  refused({"validate", output_.string(), "--against", output_.string()}, 2, "twice");
  refused({"validate", output_.string(), folder_.string(), "--against", folder_.string(),
           "--output", folder_.string()},
          2, "--against compares with one RUN");
}

}  // namespace
}  // namespace isogloss::test

// `isogloss doctor` as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Doctor : public RunFixture {};

TEST_F(Doctor, FindsThisBuildInOrder) {
  const auto outcome = run({"doctor"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("good: differs from transformers by"));
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), 80U) << line;
}

TEST_F(Doctor, SaysTheSameAsJson) {
  const auto outcome = run({"doctor", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto facts = nlohmann::json::parse(outcome.out);
  EXPECT_THAT(facts.at("tiny extraction").get<std::string>(), StartsWith("good"));
  EXPECT_GE(facts.at("usable cores").get<int>(), 1);
  EXPECT_FALSE(facts.at("devices").empty());
}

}  // namespace
}  // namespace isogloss::test

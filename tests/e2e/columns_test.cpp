// What the program says of its columns, what tools/check_dataset.py holds folders to, and what
// docs/dataset.md describes are one list.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace isogloss::test {
namespace {

TEST(Columns, AreThoseOfTheContract) {
  const auto outcome = run_program({"columns", "--json"}, ::testing::TempDir());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto contract =
      nlohmann::json::parse(read_text(ISOGLOSS_SOURCE_DIR "/tools/score_columns.json"));
  EXPECT_EQ(nlohmann::json::parse(outcome.out), contract)
      << "write it again: isogloss columns --json > tools/score_columns.json";
}

TEST(Columns, AreAllDocumented) {
  const auto page = read_text(ISOGLOSS_SOURCE_DIR "/docs/dataset.md");
  for (const auto& column :
       nlohmann::json::parse(read_text(ISOGLOSS_SOURCE_DIR "/tools/score_columns.json"))) {
    const auto name = column["name"].get<std::string>();
    EXPECT_NE(page.find('`' + name + '`'), std::string::npos) << name;
  }
}

TEST(Columns, AreExplainedToAReader) {
  const auto outcome = run_program({"columns"}, ::testing::TempDir());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("agreement_stratified  double"), std::string::npos);
  EXPECT_EQ(outcome.out.find('{'), std::string::npos) << "a hole is not filled";
}

}  // namespace
}  // namespace isogloss::test

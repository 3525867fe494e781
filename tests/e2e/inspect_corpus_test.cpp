// What `isogloss inspect` says of a corpus, and what a run says of how it read one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"
#include "tests/support/tiny_inputs.h"

namespace isogloss::test {
namespace {

class InspectCorpus : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "splits");
    std::ofstream(folder_ / "splits/train.csv") << "en,es\n\"a \"\"b\"\"\",c\nx,x\n,y\n";
    std::ofstream(folder_ / "splits/test.csv") << "en,es\nthe sea,el mar\n";
  }
  Outcome inspect(std::vector<std::string> words) const {
    words.insert(words.begin(), "inspect");
    return run_program(words, folder_);
  }
  std::filesystem::path folder_;
};

TEST_F(InspectCorpus, ProfilesOneSplit) {
  const auto outcome = inspect({(folder_ / "splits").string(), "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto facts = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(facts["languages"], nlohmann::json({"en", "es"}));
  EXPECT_EQ(facts["split"], "train");
  EXPECT_EQ(facts["rows"], 3);
  EXPECT_EQ(facts["kept after cleaning"], 1);
  EXPECT_EQ(facts["dropped"]["empty"], 1);
  EXPECT_EQ(facts["dropped"]["identical"], 1);
  EXPECT_EQ(facts["lengths"][0]["max"], 5);
  EXPECT_EQ(facts["lengths"][0]["empty"], 1);
  EXPECT_EQ(facts["alignment"][0]["pair"], "en-es");
  EXPECT_EQ(facts["alignment"][0]["identical"], 1);
  EXPECT_NE(facts["notes"][0].get<std::string>().find("split train of test, train"),
            std::string::npos);
  EXPECT_EQ(facts["sha256"].size(), 1U);
}

TEST_F(InspectCorpus, ReadsTheSplitAndLanguagesAskedFor) {
  const auto path = (folder_ / "splits").string();
  const auto outcome = inspect({path, "--split", "test", "--languages", "es,en"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("language es, min 6"), std::string::npos) << outcome.out;
  EXPECT_EQ(inspect({path, "--split", "dev"}).exit_code, 3);
}

TEST_F(InspectCorpus, ARunSaysHowItReadTheCorpus) {
  auto words = tiny_run(folder_, folder_ / "out", 8);
  std::ofstream(folder_ / "corpus.tsv")
      << "en\tes\n\"the \"\"sea\"\" is wide\"\tel mar\nthe stone is old\tla piedra\n";
  const auto outcome = run_program(words, folder_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("1 texts stand in quotes"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace isogloss::test

#include "isogloss/results/explanations_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

class ExplanationsFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_.root = std::filesystem::path(::testing::TempDir()) /
                   (std::string("isogloss-explanations-") + info->name());
    std::filesystem::remove_all(folder_.root);
    std::filesystem::create_directories(folder_.root);
  }
  void TearDown() override { std::filesystem::remove_all(folder_.root); }

  ResultFolder folder_;
  const Explanations some_ = {.source = "gemma-2-2b/20-gemmascope-res-16k",
                              .files = {{"batch-0.jsonl.gz", "ab"}, {"batch-1.jsonl.gz", "cd"}},
                              .rows = {{3, "water", "oai_token-act-pair", "gpt-4o-mini"},
                                       {3, "水", "", ""},
                                       {9, "\"<", "", "x"}}};
};

TEST_F(ExplanationsFile, ReadsBackWhatWasWritten) {
  EXPECT_EQ(read_explanations(folder_), Explanations{}) << "there are none yet";
  write_explanations(folder_, some_);
  EXPECT_EQ(read_explanations(folder_), some_);
  EXPECT_FALSE(std::filesystem::exists(part_path(folder_.explanations())));
}

TEST_F(ExplanationsFile, FindsThoseOfAFeature) {
  EXPECT_EQ(some_.of(3).size(), 2U);
  EXPECT_EQ(some_.of(9).front().description, "\"<");
  for (const std::int32_t other : {0, 4, 10}) EXPECT_TRUE(some_.of(other).empty());
}

TEST_F(ExplanationsFile, RefusesWhatContradictsItself) {
  const auto is_refused = [&](const std::string& said) {
    EXPECT_THAT([&] { read_explanations(folder_); },
                ::testing::ThrowsMessage<Error>(::testing::AllOf(
                    ::testing::HasSubstr("explanations.parquet"), ::testing::HasSubstr(said))));
  };
  auto damaged = some_;
  damaged.rows[2].feature = 2;
  write_explanations(folder_, damaged);
  is_refused("from row 2");
  damaged.rows[0].feature = -1;
  write_explanations(folder_, damaged);
  is_refused("from row 0");
  std::ofstream(folder_.explanations(), std::ios::binary | std::ios::trunc) << "no Parquet";
  is_refused("explanations.parquet");
}

}  // namespace
}  // namespace isogloss

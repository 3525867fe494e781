#include "isogloss/results/vocabulary_file.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

class VocabularyFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_.root = std::filesystem::path(::testing::TempDir()) /
                   (std::string("isogloss-vocabulary-") + info->name());
    std::filesystem::remove_all(folder_.root);
    std::filesystem::create_directories(folder_.root);
  }
  void TearDown() override { std::filesystem::remove_all(folder_.root); }

  void expect_damaged(const std::string& said) const {
    try {
      read_vocabulary(folder_);
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput);
      EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("vocabulary.parquet"),
                                               testing::HasSubstr(said)));
    }
  }

  ResultFolder folder_;
  const LogitEffects effect_ = {{{7, "▁water", 3.25F}, {700, "水", 3}},
                                {{8, ",", -2.5F}, {9, "<0xE2>", -1}}};
};

TEST_F(VocabularyFile, ReadsBackWhatWasWritten) {
  EXPECT_TRUE(read_vocabulary(folder_).empty()) << "there is none yet";
  const std::vector<FeatureVocabulary> features = {
      {0, effect_}, {5, {}}, {6, {effect_.promoted, {}}}, {4095, {{}, effect_.suppressed}}};
  write_vocabulary(folder_, features);
  EXPECT_EQ(read_vocabulary(folder_), features);
  EXPECT_FALSE(std::filesystem::exists(part_path(folder_.vocabulary())));
  write_vocabulary(folder_, {});
  EXPECT_TRUE(read_vocabulary(folder_).empty());
}

TEST_F(VocabularyFile, FindsAFeature) {
  const std::vector<FeatureVocabulary> features = {{3, effect_}, {5, {}}};
  EXPECT_EQ(find_vocabulary(features, 3), &features[0]);
  EXPECT_EQ(find_vocabulary(features, 5), &features[1]);
  for (const std::int32_t other : {0, 4, 6}) EXPECT_EQ(find_vocabulary(features, other), nullptr);
}

TEST_F(VocabularyFile, RefusesWhatContradictsItself) {
  std::vector<FeatureVocabulary> features = {{5, effect_}, {5, effect_}};
  write_vocabulary(folder_, features);
  expect_damaged("row 1");
  features = {{5, effect_}};
  features[0].effect.promoted[1].effect = std::nanf("");
  write_vocabulary(folder_, features);
  expect_damaged("nan");
  std::ofstream(folder_.vocabulary(), std::ios::binary) << "PAR1 and nothing more";
  expect_damaged("damaged");
}

// It is an error, or it lies where the content does not depend on it.
TEST_F(VocabularyFile, AFlippedBitGivesNoOtherContent) {
  const std::vector<FeatureVocabulary> features = {{3, effect_}, {5, effect_}};
  write_vocabulary(folder_, features);
  std::ifstream file(folder_.vocabulary(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    std::ofstream(folder_.vocabulary(), std::ios::binary) << bytes;
    try {
      EXPECT_EQ(read_vocabulary(folder_), features) << "byte " << at;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()) / 4);
}

}  // namespace
}  // namespace isogloss

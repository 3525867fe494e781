#include "isogloss/corpus/shuffle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

namespace isogloss {
namespace {

// Drawn by Hugging Face datasets itself, tools/golden/hf_shuffle.py.
TEST(Shuffle, DrawsTheRowsThatHuggingFaceDatasetsDraws) {
  std::ifstream file(ISOGLOSS_GOLDEN_DIR "/hf_shuffle.json");
  const auto golden = nlohmann::json::parse(file);
  ASSERT_GE(golden["cases"].size(), 30U);
  for (const auto& example : golden["cases"]) {
    const auto n_rows = example["rows"].get<std::int64_t>();
    const auto seed = example["seed"].get<std::uint64_t>();
    const auto n_take = example["take"].get<std::int64_t>();
    EXPECT_EQ(hugging_face_shuffle(n_rows, seed, n_take),
              example["indices"].get<std::vector<std::int64_t>>())
        << n_rows << " rows, seed " << seed;
  }
}

TEST(Shuffle, TakesEveryRowOnce) {
  auto rows = hugging_face_shuffle(1000, 7, 1000);
  std::sort(rows.begin(), rows.end());
  std::vector<std::int64_t> all(1000);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(rows, all);
}

TEST(Shuffle, TakesNothing) {
  EXPECT_TRUE(hugging_face_shuffle(0, 42, 0).empty());
  EXPECT_TRUE(hugging_face_shuffle(5, 42, 0).empty());
}

TEST(Shuffle, RefusesMoreThanThereIs) {
  EXPECT_THROW(hugging_face_shuffle(3, 42, 4), std::invalid_argument);
  EXPECT_THROW(hugging_face_shuffle(3, 42, -1), std::invalid_argument);
}

}  // namespace
}  // namespace isogloss

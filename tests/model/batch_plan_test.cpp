#include "isogloss/model/batch_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace isogloss {
namespace {

std::int64_t tokens_of(const Batch& batch, const std::vector<std::int32_t>& lengths) {
  return std::accumulate(batch.begin(), batch.end(), std::int64_t{0}, [&](auto sum, auto s) {
    return sum + lengths[static_cast<std::size_t>(s)];
  });
}

TEST(BatchPlan, EverySequenceOnceWithinTheLimits) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 200; ++trial) {
    const BatchLimits limits{static_cast<std::int32_t>(random() % 60 + 1),
                             static_cast<std::int32_t>(random() % 9 + 1)};
    std::vector<std::int32_t> lengths(random() % 40);
    for (auto& length : lengths) {
      length = static_cast<std::int32_t>(random() % static_cast<unsigned>(limits.max_tokens) + 1);
    }
    std::vector<std::int32_t> seen;
    for (const auto& batch : plan_batches(lengths, limits)) {
      EXPECT_FALSE(batch.empty());
      EXPECT_LE(batch.size(), static_cast<std::size_t>(limits.max_sequences));
      EXPECT_LE(tokens_of(batch, lengths), limits.max_tokens);
      seen.insert(seen.end(), batch.begin(), batch.end());
    }
    std::sort(seen.begin(), seen.end());
    std::vector<std::int32_t> all(lengths.size());
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(seen, all);
  }
}

TEST(BatchPlan, IsAPureFunction) {
  const std::vector<std::int32_t> lengths = {5, 9, 5, 1, 30, 2, 9, 9};
  EXPECT_EQ(plan_batches(lengths, {32, 4}), plan_batches(lengths, {32, 4}));
}

TEST(BatchPlan, FillsBatchesOfEqualSentences) {
  const std::vector<std::int32_t> lengths(64, 8);
  EXPECT_EQ(plan_batches(lengths, {128, 64}).size(), 4u);
}

}  // namespace
}  // namespace isogloss

#include "isogloss/store/token_means.h"

#include "isogloss/store/maxima.h"
#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using testing::HasSubstr;

class PooledTest : public StoreTest {
 protected:
  std::mt19937 random_{17};
};

TEST_F(PooledTest, IsTheMeanOverAllContentTokens) {
  const auto a =
      random_shard({.samples = {1, 2, 3, 7}, .max_tokens = 9, .n_features = 12}, random_);
  const auto b = random_shard({.samples = {8, 9}, .n_features = 12}, random_);
  write_samples({1, 2, 3, 7, 8, 9});
  write_shard(folder_, 0, languages_, a);
  write_shard(folder_, 1, languages_, b);
  const auto maxima = read_maxima(folder_, 12, languages_);
  const auto means = read_token_means(folder_, maxima, {});

  // (language, sample) → tokens, (language, sample, feature) → sum
  std::map<std::pair<std::int32_t, std::int32_t>, int> n_tokens;
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, double> sums;
  for (const auto* shard : {&a, &b}) {
    for (std::size_t token = 0; token < shard->sample.size(); ++token) {
      ++n_tokens[{shard->language[token], shard->sample[token]}];
      for (auto i = shard->activations.offsets[token]; i < shard->activations.offsets[token + 1];
           ++i) {
        const auto at = static_cast<std::size_t>(i);
        sums[{shard->language[token], shard->sample[token], shard->activations.features[at]}] +=
            shard->activations.values[at];
      }
    }
  }
  ASSERT_EQ(means.size(), languages_.size());
  std::size_t n_entries = 0;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    std::size_t entry = 0;
    for (std::int32_t f = 0; f < 12; ++f) {
      const auto column = maxima.column(l, f);
      for (std::size_t i = 0; i < column.size(); ++i) {
        const auto sample = maxima.samples[static_cast<std::size_t>(column.rows[i])];
        const double expected = sums.at({l, sample, f}) / n_tokens.at({l, sample});
        const float mean = means[static_cast<std::size_t>(l)][entry++];
        EXPECT_FLOAT_EQ(mean, static_cast<float>(expected));
        EXPECT_LE(mean, column.values[i] * (1 + 1e-6F));
        ++n_entries;
      }
    }
  }
  EXPECT_EQ(n_entries, sums.size());
}

TEST_F(PooledTest, RefusesActivationsOfOtherMaxima) {
  write_samples({1, 2});
  write_shard(folder_, 0, languages_, random_shard({.samples = {1, 2}}, random_));
  auto maxima = read_maxima(folder_, 100, languages_);
  auto& language = maxima.by_language.front();
  ASSERT_FALSE(language.rows.empty());
  for (auto& row : language.rows) row = 1 - row;
  const auto error = error_of([&] { read_token_means(folder_, maxima, {}); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("does not belong"));
}

}  // namespace
}  // namespace isogloss

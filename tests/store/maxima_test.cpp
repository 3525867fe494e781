#include "isogloss/store/maxima.h"

#include <numeric>

#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using testing::HasSubstr;

class MaximaTest : public StoreTest {
 protected:
  static constexpr std::int32_t kFeatures = 60;

  /// Three shards over samples with gaps; the first alone fills several row groups of maxima.
  void write_shards() {
    std::vector<std::int32_t> first(500), second{700, 710, 711}, third{900};
    std::iota(first.begin(), first.end(), 3);
    std::vector<std::int32_t> samples;
    std::int32_t index = 0;
    for (const auto* range : {&first, &second, &third}) {
      const auto shard =
          random_shard({.samples = *range, .max_tokens = 6, .n_features = kFeatures - 2}, random_);
      write_shard(folder_, index++, languages_, shard);
      add_maxima(shard, expected_);
      samples.insert(samples.end(), range->begin(), range->end());
    }
    write_samples(samples);
  }

  MaximaMap map_of(const Maxima& maxima, std::int32_t first_feature) const {
    MaximaMap map;
    for (std::int32_t language = 0; language < maxima.n_languages(); ++language) {
      for (std::int32_t feature = first_feature; feature < maxima.n_features; ++feature) {
        const auto column = maxima.column(language, feature);
        EXPECT_TRUE(std::ranges::is_sorted(column.rows, std::less_equal{}));
        for (std::size_t i = 0; i < column.size(); ++i) {
          const auto sample = maxima.samples[static_cast<std::size_t>(column.rows[i])];
          map[{language, feature, sample}] = {column.values[i], column.positions[i]};
        }
      }
    }
    return map;
  }

  /// Writes one token with feature 5 in sample `sample` as shard `index`.
  void write_one(std::int32_t index, std::int32_t sample, std::int32_t feature = 5,
                 float value = 1) {
    ActivationShard shard{{sample}, {0}, {1}, {}};
    shard.activations = {{0, 1}, {feature}, {value}};
    write_shard(folder_, index, languages_, shard);
  }

  std::string error_of_reading() {
    const auto error = error_of([&] { read_maxima(folder_, kFeatures, languages_); });
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    return error.what();
  }

  std::mt19937 random_{5};
  MaximaMap expected_;
};

TEST_F(MaximaTest, AreTheLargestActivationsAndTheirFirstPositions) {
  write_shards();
  ASSERT_GT(expected_.size(), 2u * 16384u);
  const auto maxima = read_maxima(folder_, kFeatures, languages_);
  EXPECT_EQ(maxima.n_features, kFeatures);
  EXPECT_EQ(maxima.n_rows(), 504);
  EXPECT_EQ(maxima.languages, languages_);
  EXPECT_EQ(map_of(maxima, 0), expected_);
}

TEST_F(MaximaTest, OfSomeFeaturesEqualTheFullRead) {
  write_shards();
  const auto all = read_maxima(folder_, kFeatures, languages_);
  for (std::int32_t feature = 0; feature < kFeatures; ++feature) {
    const std::int32_t other = kFeatures - 1 - feature;
    const auto some = read_maxima_of(folder_, std::vector{feature, other}, languages_);
    ASSERT_EQ(some.n_features, std::max(feature, other) + 1);
    EXPECT_EQ(some.samples, all.samples);
    for (std::int32_t language = 0; language < 3; ++language) {
      for (std::int32_t f = 0; f < some.n_features; ++f) {
        const auto a = some.column(language, f), b = all.column(language, f);
        if (f != feature && f != other) {
          EXPECT_EQ(a.size(), 0u);
          continue;
        }
        EXPECT_TRUE(std::ranges::equal(a.rows, b.rows));
        EXPECT_TRUE(std::ranges::equal(a.values, b.values));
        EXPECT_TRUE(std::ranges::equal(a.positions, b.positions));
      }
    }
  }
}

TEST_F(MaximaTest, HandComputed) {
  ActivationShard shard{{7, 7, 7, 9}, {0, 0, 1, 1}, {1, 2, 1, 4}, {}};
  shard.activations = {{0, 2, 4, 4, 5}, {0, 3, 0, 3, 3}, {2.5F, 1, 2.5F, 4, 0.5F}};
  write_shard(folder_, 0, languages_, shard);
  write_samples({7, 8, 9});
  const auto maxima = read_maxima(folder_, 4, languages_);
  EXPECT_EQ(map_of(maxima, 0),
            (MaximaMap{{{0, 0, 7}, {2.5F, 1}}, {{0, 3, 7}, {4, 2}}, {{1, 3, 9}, {0.5F, 4}}}));
  EXPECT_THAT(maxima.column(1, 3).rows, testing::ElementsAre(2));
}

TEST_F(MaximaTest, OfSilentShardsAreEmpty) {
  write_shard(folder_, 0, languages_, {});
  write_samples({0, 1});
  const auto maxima = read_maxima(folder_, kFeatures, languages_);
  EXPECT_EQ(maxima.n_rows(), 2);
  EXPECT_EQ(maxima.column(2, kFeatures - 1).size(), 0u);
}

TEST_F(MaximaTest, RefuseAFeatureBeyondTheSae) {
  write_one(0, 1, kFeatures);
  write_samples({1});
  EXPECT_THAT(error_of_reading(), HasSubstr("feature 60"));
}

TEST_F(MaximaTest, RefuseANegativeValue) {
  write_one(0, 1, 5, -1);
  write_samples({1});
  EXPECT_THAT(error_of_reading(), HasSubstr("value -1"));
}

TEST_F(MaximaTest, RefuseAnUnknownSample) {
  write_one(0, 4);
  write_samples({1, 3, 5});
  EXPECT_THAT(error_of_reading(), HasSubstr("sample 4 is not in sequences.parquet"));
}

TEST_F(MaximaTest, RefuseASampleInTwoShards) {
  write_one(0, 3);
  write_one(1, 3);
  write_samples({1, 3});
  EXPECT_THAT(error_of_reading(), HasSubstr("sample 3 twice"));
}

TEST_F(MaximaTest, RefuseAnUnknownLanguage) {
  write_one(0, 3);
  languages_ = {"de", "es"};
  write_samples({3});
  EXPECT_THAT(error_of_reading(), HasSubstr("'en'"));
}

TEST_F(MaximaTest, RefuseLanguagesWithOtherSamples) {
  write_one(0, 3);
  SequenceWriter writer(folder_);
  writer.append(std::vector<SequenceRecord>{{3, "en", "1", {}, "", {}, {}},
                                            {3, "es", "1", {}, "", {}, {}},
                                            {4, "ru", "1", {}, "", {}, {}}});
  writer.finish();
  EXPECT_THAT(error_of_reading(), HasSubstr("'en' and 'ru'"));
}

}  // namespace
}  // namespace isogloss

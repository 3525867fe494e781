#include <algorithm>

#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Appends the rows of `shard` whose sample is in `samples` to `out`.
void append_rows(const ActivationShard& shard, const std::vector<std::int32_t>& samples,
                 ActivationShard& out) {
  for (std::size_t row = 0; row < shard.sample.size(); ++row) {
    if (std::ranges::count(samples, shard.sample[row]) == 0) continue;
    out.sample.push_back(shard.sample[row]);
    out.language.push_back(shard.language[row]);
    out.position.push_back(shard.position[row]);
    for (auto i = shard.activations.offsets[row]; i < shard.activations.offsets[row + 1]; ++i) {
      out.activations.features.push_back(shard.activations.features[static_cast<std::size_t>(i)]);
      out.activations.values.push_back(shard.activations.values[static_cast<std::size_t>(i)]);
    }
    out.activations.offsets.push_back(std::ssize(out.activations.features));
  }
}

void expect_equal(const ActivationShard& found, const ActivationShard& expected) {
  EXPECT_EQ(found.sample, expected.sample);
  EXPECT_EQ(found.language, expected.language);
  EXPECT_EQ(found.position, expected.position);
  EXPECT_EQ(found.activations.offsets, expected.activations.offsets);
  EXPECT_EQ(found.activations.features, expected.activations.features);
  EXPECT_EQ(found.activations.values, expected.activations.values);
}

class ActivationsTest : public StoreTest {
 protected:
  std::mt19937 random_{11};
};

TEST_F(ActivationsTest, ReadsTheWantedSamplesAcrossShardsAndRowGroups) {
  // About 6,000 tokens in the first shard: more than one row group.
  std::vector<std::int32_t> first(400), second{500, 507};
  std::iota(first.begin(), first.end(), 0);
  const auto a = random_shard({.samples = first, .max_tokens = 9, .n_features = 12}, random_);
  const auto b = random_shard({.samples = second}, random_);
  ASSERT_GT(a.sample.size(), 4096u);
  write_shard(folder_, 0, languages_, a);
  write_shard(folder_, 1, languages_, b);
  std::vector<std::int32_t> all = first;
  all.insert(all.end(), second.begin(), second.end());
  for (const auto& wanted : {std::vector<std::int32_t>{}, {0}, {399}, {3, 390, 507}, {501}, all}) {
    ActivationShard expected;
    append_rows(a, wanted, expected);
    append_rows(b, wanted, expected);
    expect_equal(read_activations(folder_, languages_, wanted), expected);
  }
}

TEST_F(ActivationsTest, VisitsEveryValueOnceUnderItsLanguage) {
  const auto a = random_shard({.samples = {1, 2, 3}}, random_);
  const auto b = random_shard({.samples = {8, 9}}, random_);
  write_shard(folder_, 0, languages_, a);
  write_shard(folder_, 1, languages_, b);
  std::vector<std::vector<float>> expected(3), found(3);
  for (const auto* shard : {&a, &b}) {
    for (std::size_t row = 0; row < shard->sample.size(); ++row) {
      auto& values = expected[static_cast<std::size_t>(shard->language[row])];
      values.insert(values.end(),
                    shard->activations.values.begin() + shard->activations.offsets[row],
                    shard->activations.values.begin() + shard->activations.offsets[row + 1]);
    }
  }
  visit_activation_values(folder_, languages_, [&](std::int32_t language, auto values) {
    auto& to = found[static_cast<std::size_t>(language)];
    to.insert(to.end(), values.begin(), values.end());
  });
  EXPECT_EQ(found, expected);
}

TEST_F(ActivationsTest, VisitsEveryRowInFileOrder) {
  std::vector<std::int32_t> many(400);
  std::iota(many.begin(), many.end(), 0);
  const auto a = random_shard({.samples = many, .n_features = 12}, random_);
  const auto b = random_shard({.samples = {500, 507}}, random_);
  write_shard(folder_, 0, languages_, a);
  write_shard(folder_, 1, languages_, b);
  ActivationShard expected, found, positions;
  many.insert(many.end(), {500, 507});
  append_rows(a, many, expected);
  append_rows(b, many, expected);
  std::int32_t n_visits = 0;
  visit_activations(folder_, languages_, [&](const ActivationShard& rows) {
    append_rows(rows, many, found);
    ++n_visits;
  });
  expect_equal(found, expected);
  EXPECT_EQ(n_visits, 3);  // two row groups and one
  visit_token_positions(folder_, languages_,
                        [&](std::int32_t sample, std::int32_t language, std::int32_t position) {
                          positions.sample.push_back(sample);
                          positions.language.push_back(language);
                          positions.position.push_back(position);
                        });
  EXPECT_EQ(positions.sample, expected.sample);
  EXPECT_EQ(positions.language, expected.language);
  EXPECT_EQ(positions.position, expected.position);
}

TEST_F(ActivationsTest, TokensOutOfOrderAreRefused) {
  const auto expect_refused = [&](std::vector<std::int32_t> language,
                                  std::vector<std::int32_t> position) {
    ActivationShard shard;
    shard.sample = {4, 4};
    shard.language = std::move(language);
    shard.position = std::move(position);
    shard.activations.offsets = {0, 0, 0};
    write_shard(folder_, 0, languages_, shard);
    const auto error =
        error_of([&] { read_activations(folder_, languages_, std::vector<std::int32_t>{4}); });
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("tokens of sample 4 are out of order"));
  };
  expect_refused({0, 0}, {2, 1});
  expect_refused({0, 0}, {2, 2});
  expect_refused({1, 0}, {1, 2});
}

TEST_F(ActivationsTest, ShardsWithoutTokensOrWithoutActivationsAreWhole) {
  write_shard(folder_, 0, languages_, {});
  ActivationShard silent;
  silent.sample = {4, 4};
  silent.language = {0, 1};
  silent.position = {1, 1};
  silent.activations.offsets = {0, 0, 0};
  write_shard(folder_, 1, languages_, silent);
  EXPECT_TRUE(shard_is_finished(folder_, 0));
  EXPECT_TRUE(shard_is_finished(folder_, 1));
  expect_equal(read_activations(folder_, languages_, std::vector<std::int32_t>{4}), silent);
  visit_activation_values(folder_, languages_,
                          [](std::int32_t, auto) { ADD_FAILURE() << "there are no values"; });
}

TEST_F(ActivationsTest, EqualShardsGiveEqualBytes) {
  const auto shard = random_shard({.samples = {1, 2, 3, 5, 8}}, random_);
  write_shard(folder_, 0, languages_, shard);
  const auto activations = read_bytes(folder_.activation_shard(0));
  const auto maxima = read_bytes(folder_.maxima_shard(0));
  write_shard(folder_, 0, languages_, ActivationShard(shard));
  EXPECT_EQ(read_bytes(folder_.activation_shard(0)), activations);
  EXPECT_EQ(read_bytes(folder_.maxima_shard(0)), maxima);
}

TEST_F(ActivationsTest, AShardIsFinishedOnlyWithBothFilesWhole) {
  const auto shard = random_shard({.samples = {1, 2}}, random_);
  EXPECT_FALSE(shard_is_finished(folder_, 3));
  write_shard(folder_, 3, languages_, shard);
  EXPECT_TRUE(shard_is_finished(folder_, 3));
  EXPECT_EQ(folder_.maxima_shard(3).filename(), "part-00003.parquet");

  const auto part = folder_.maxima_shard(3).string() + ".part";
  std::filesystem::rename(folder_.maxima_shard(3), part);
  EXPECT_FALSE(shard_is_finished(folder_, 3));
  std::filesystem::rename(part, folder_.maxima_shard(3));
  std::filesystem::remove(folder_.activation_shard(3));
  EXPECT_FALSE(shard_is_finished(folder_, 3));
}

TEST_F(ActivationsTest, ADamagedShardIsNamedWithTheRemedy) {
  write_shard(folder_, 0, languages_, random_shard({.samples = {1, 2}}, random_));
  std::filesystem::resize_file(folder_.maxima_shard(0), 100);
  const auto error = error_of([&] { shard_is_finished(folder_, 0); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr(folder_.maxima_shard(0).string()));
  EXPECT_THAT(error.what(), HasSubstr("delete it"));
}

TEST_F(ActivationsTest, RefusesAnotherRunsLanguageAndAMissingShard) {
  for (const std::int32_t index : {0, 1, 2}) {
    write_shard(folder_, index, languages_, random_shard({.samples = {index}}, random_));
  }
  const std::vector<std::string> others{"en", "es"};
  const std::vector<std::int32_t> samples{0, 1, 2};
  EXPECT_THAT(error_of([&] { read_activations(folder_, others, samples); }).what(),
              HasSubstr("'ru'"));
  std::filesystem::remove(folder_.activation_shard(1));
  const auto error = error_of([&] { read_activations(folder_, languages_, samples); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("part-00001.parquet"));
}

TEST_F(ActivationsTest, AFolderWithoutShardsIsAMissingFile) {
  const std::vector<std::int32_t> samples{0};
  EXPECT_EQ(error_of([&] { read_activations(folder_, languages_, samples); }).code(),
            ErrorCode::kEnvironment);
}

TEST_F(ActivationsTest, RefusesActivationsThatCannotBe) {
  const std::vector<std::int32_t> samples{0};
  const auto shard_of = [](std::vector<std::int32_t> features, std::vector<float> values) {
    ActivationShard shard{{0}, {0}, {1}, {}};
    shard.activations.offsets = {0, std::ssize(features)};
    shard.activations.features = std::move(features);
    shard.activations.values = std::move(values);
    return shard;
  };
  const float infinity = std::numeric_limits<float>::infinity();
  for (const auto& shard :
       {shard_of({2, 1}, {1, 1}), shard_of({1, 1}, {1, 1}), shard_of({1}, {0}), shard_of({1}, {-1}),
        shard_of({1}, {infinity}), shard_of({1}, {std::nanf("")})}) {
    write_shard(folder_, 0, languages_, shard);
    EXPECT_EQ(error_of([&] { read_activations(folder_, languages_, samples); }).code(),
              ErrorCode::kBadInput);
  }
}

}  // namespace
}  // namespace isogloss

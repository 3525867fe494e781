#include "isogloss/results/pairs_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/score/agreement/prepared_column.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/row_traits.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

std::vector<PairScores> scored(const SmallResult& result) {
  const auto maxima = result.maxima();
  const auto strata =
      make_strata(read_row_traits(result.folder, result.languages()), NullModel::kLength);
  std::vector<PairScores> all;
  for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
    const auto pairs = feature_pairs(feature, prepare_feature(maxima, feature, strata), strata);
    all.insert(all.end(), pairs.begin(), pairs.end());
  }
  return all;
}

void write(const SmallResult& result, std::span<const PairScores> pairs, std::size_t at_once) {
  PairsWriter writer(result.folder, result.languages());
  while (!pairs.empty()) {
    const auto n = std::min(at_once, pairs.size());
    writer.append(pairs.first(n));
    pairs = pairs.subspan(n);
  }
  writer.finish();
}

void expect_equal(const PairScores& found, const PairScores& expected) {
  EXPECT_EQ(found.feature, expected.feature);
  EXPECT_EQ(found.language_a, expected.language_a);
  EXPECT_EQ(found.language_b, expected.language_b);
  EXPECT_EQ(found.overlap, expected.overlap);
  EXPECT_EQ(found.overlap_expected, expected.overlap_expected);
  EXPECT_EQ(found.overlap_expected_stratified, expected.overlap_expected_stratified);
  EXPECT_EQ(found.agreement_raw, expected.agreement_raw);
  EXPECT_EQ(found.agreement_stratified_raw, expected.agreement_stratified_raw);
  EXPECT_EQ(found.attainable, expected.attainable);
  EXPECT_EQ(found.attainable_stratified, expected.attainable_stratified);
  EXPECT_EQ(found.n_eff, expected.n_eff);
  EXPECT_EQ(found.containment, expected.containment);
  EXPECT_EQ(found.cofire, expected.cofire);
  EXPECT_EQ(found.p_cofire, expected.p_cofire);
  EXPECT_EQ(found.p_cofire_stratified, expected.p_cofire_stratified);
}

void expect_equal(const std::vector<PairScores>& found, const std::vector<PairScores>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) expect_equal(found[i], expected[i]);
}

TEST(PairsFile, ReadsBackToTheBit) {
  const SmallResult result;
  auto pairs = scored(result);
  ASSERT_GT(pairs.size(), 60U);
  pairs[1].agreement_raw.reset();
  pairs[2].attainable_stratified.reset();
  write(result, pairs, pairs.size());
  expect_equal(read_pairs(result.folder, result.languages()), pairs);
}

TEST(PairsFile, OneFeatureAcrossRowGroups) {
  const SmallResult result;
  std::vector<PairScores> pairs;
  // 40,000 rows: three row groups, with feature 5461 (rows 16383 … 16385) on the first border.
  for (std::int32_t i = 0; i < 40000; ++i) {
    auto& pair = pairs.emplace_back();
    pair.feature = i / 3;
    pair.language_a = i % 3 == 2 ? 1 : 0;
    pair.language_b = i % 3 == 0 ? 1 : 2;
    pair.overlap = i;
  }
  write(result, pairs, 7);
  for (const std::int32_t feature : {0, 5461, 7777, 13333}) {
    const auto first = static_cast<std::ptrdiff_t>(3 * feature);
    const auto end = std::min<std::ptrdiff_t>(first + 3, 40000);
    expect_equal(read_pairs(result.folder, result.languages(), feature),
                 {pairs.begin() + first, pairs.begin() + end});
  }
  EXPECT_TRUE(read_pairs(result.folder, result.languages(), 20000).empty());
  EXPECT_EQ(read_pairs(result.folder, result.languages()).size(), 40000U);
}

TEST(PairsFile, BytesDoNotHangOnHowTheRowsCame) {
  const SmallResult result;
  const auto pairs = scored(result);
  write(result, pairs, pairs.size());
  const auto hash = sha256_of_file(result.folder.pairs_parquet());
  write(result, pairs, 5);
  EXPECT_EQ(sha256_of_file(result.folder.pairs_parquet()), hash);
}

TEST(PairsFile, NoPairsIsAnEmptyTable) {
  const SmallResult result;
  write(result, {}, 1);
  EXPECT_TRUE(read_pairs(result.folder, result.languages()).empty());
  EXPECT_TRUE(read_pairs(result.folder, result.languages(), 3).empty());
}

TEST(PairsFile, NothingAppearsBeforeItIsWhole) {
  const SmallResult result;
  {
    PairsWriter writer(result.folder, result.languages());
    writer.append(scored(result));
  }
  EXPECT_FALSE(std::filesystem::exists(result.folder.pairs_parquet()));
}

void expect_refused(const SmallResult& result, std::span<const std::string> languages,
                    ErrorCode code, const std::string& place) {
  try {
    read_pairs(result.folder, languages);
    FAIL() << "read it";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), ::testing::HasSubstr(result.folder.pairs_parquet().string()));
    EXPECT_THAT(error.what(), ::testing::HasSubstr(place));
  }
}

TEST(ReadPairs, RefusesAnotherTableAnotherLanguageATruncatedFileAndNone) {
  const SmallResult result;
  expect_refused(result, result.languages(), ErrorCode::kEnvironment, "open");

  const auto path = result.folder.pairs_parquet();
  std::filesystem::copy_file(result.folder.sequences(), path);
  expect_refused(result, result.languages(), ErrorCode::kBadInput, "needs a column feature");

  write(result, scored(result), 100);
  expect_refused(result, std::vector<std::string>{"en", "th"}, ErrorCode::kBadInput, "'zh'");

  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  expect_refused(result, result.languages(), ErrorCode::kBadInput, "Parquet");
}

}  // namespace
}  // namespace isogloss

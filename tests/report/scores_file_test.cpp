#include "isogloss/report/scores_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/report/scores_csv.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

ScoreTable scored(const SmallResult& result) {
  return score_features(result.maxima(), ScoringOptions{}, RunControl{});
}

TEST(ScoresFile, ReadsBackToTheBit) {
  const SmallResult result;
  const auto table = scored(result);
  write_scores(result.folder, table);
  const auto read = read_scores(result.folder);
  EXPECT_EQ(read.languages, table.languages);
  EXPECT_EQ(read.n_rows, table.n_rows);
  EXPECT_EQ(read.beta, table.beta);
  EXPECT_EQ(read.beta_text, table.beta_text);
  EXPECT_EQ(read.alive, table.alive);
  EXPECT_EQ(read.n_languages_active, table.n_languages_active);
  EXPECT_EQ(read.agreement, table.agreement);
  EXPECT_EQ(read.agreement_raw, table.agreement_raw);
  EXPECT_EQ(read.agreement_rank, table.agreement_rank);
  EXPECT_EQ(read.overlap, table.overlap);
  EXPECT_EQ(read.overlap_expected, table.overlap_expected);
  EXPECT_EQ(read.n_eff, table.n_eff);
  EXPECT_EQ(read.cofire, table.cofire);
  EXPECT_EQ(read.p_cofire, table.p_cofire);
  EXPECT_EQ(read.q_cofire, table.q_cofire);
  EXPECT_EQ(read.bi_loss, table.bi_loss);
  EXPECT_EQ(read.bi_rank, table.bi_rank);
  EXPECT_EQ(read.bi_loss_text, table.bi_loss_text);
  EXPECT_EQ(read.active, table.active);
  EXPECT_EQ(read.max, table.max);
  // Feature 0 never fires: the case of nulls is among them.
  EXPECT_FALSE(read.bi_rank[0].has_value());
  EXPECT_TRUE(std::any_of(read.bi_rank.begin(), read.bi_rank.end(),
                          [](const auto& rank) { return rank.has_value(); }));
}

TEST(ScoresFile, EqualTablesGiveEqualBytes) {
  const SmallResult result;
  write_scores(result.folder, scored(result));
  const auto parquet = sha256_of_file(result.folder.scores_parquet());
  const auto csv = sha256_of_file(result.folder.scores_csv());
  write_scores(result.folder, scored(result));
  EXPECT_EQ(sha256_of_file(result.folder.scores_parquet()), parquet);
  EXPECT_EQ(sha256_of_file(result.folder.scores_csv()), csv);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  if (text.ends_with(separator)) parts.emplace_back();
  return parts;
}

TEST(ScoresCsv, ColumnsInTheContractsOrderNullsEmptySeventeenDigits) {
  const SmallResult result({.languages = {"en", "es"}});
  auto table = scored(result);
  table.agreement[0] = 1.0 / 3;
  table.max[1][0] = 0.1F;
  const auto lines = split(scores_csv(table), '\n');
  EXPECT_EQ(lines[0],
            "feature,alive,n_languages_active,agreement,agreement_raw,agreement_rank,overlap,"
            "overlap_expected,n_eff,cofire,p_cofire,q_cofire,bi_loss,bi_rank,bi_loss_text,"
            "active_en,active_es,max_en,max_es");
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(table.n_features()) + 2);  // the last is empty
  const auto rank = std::to_string(table.agreement_rank[0]);
  EXPECT_EQ(lines[1], "0,false,0,0.33333333333333331,," + rank +
                          ",,,,0,,,,,,0,0,0,"
                          "0.10000000149011612");
  const auto alive = std::find(table.alive.begin(), table.alive.end(), 1) - table.alive.begin();
  ASSERT_LT(alive, table.n_features());
  const auto fields = split(lines[static_cast<std::size_t>(alive) + 1], ',');
  ASSERT_EQ(fields.size(), 19U);
  EXPECT_EQ(fields[1], "true");
  EXPECT_EQ(std::stod(fields[12]), *table.bi_loss[static_cast<std::size_t>(alive)]);
}

TEST(ScoresCsv, QuotesALanguageThatHoldsASeparator) {
  ScoreTable table;
  table.languages = {"en", "e\"s,x"};
  table.active.resize(2);
  table.max.resize(2);
  EXPECT_THAT(scores_csv(table), ::testing::HasSubstr(",\"active_e\"\"s,x\",max_en,"));
}

void expect_refused(const ResultFolder& folder, ErrorCode code, const std::string& place) {
  try {
    read_scores(folder);
    FAIL() << "read it";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), ::testing::HasSubstr(folder.scores_parquet().string()));
    EXPECT_THAT(error.what(), ::testing::HasSubstr(place));
  }
}

TEST(ReadScores, RefusesAnotherTableATruncatedFileAndNone) {
  const SmallResult result;
  expect_refused(result.folder, ErrorCode::kEnvironment, "open");

  const auto parquet = result.folder.scores_parquet();
  std::filesystem::copy_file(result.folder.sequences(), parquet);
  expect_refused(result.folder, ErrorCode::kBadInput, "needs a column feature");

  std::filesystem::remove(parquet);
  write_scores(result.folder, scored(result));
  std::filesystem::resize_file(parquet, std::filesystem::file_size(parquet) / 2);
  expect_refused(result.folder, ErrorCode::kBadInput, "Parquet");
}

}  // namespace
}  // namespace isogloss

#include "isogloss/results/scores_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/results/scores_csv.h"
#include "isogloss/score/score_columns.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using ::testing::ElementsAre;

ScoreTable scored(const SmallResult& result) {
  const auto maxima = result.maxima();
  return score_features({.maxima = maxima}, ScoringOptions{.max_permutations = 100}, RunControl{});
}

/// Strings that a CSV field must quote.
constexpr std::array kHardTokens = {",", "\"", "a\nb", "\r", " house", ""};

/// With artefacts and measures, made up: every element differs from its neighbours.
ScoreTable with_everything(const SmallResult& result) {
  auto table = scored(result);
  const auto n = table.alive.size();
  table.intervals_by_document = true;
  auto& artefacts = table.artefacts.emplace();
  double next = 0;
  visit_artefact_columns(artefacts, [&]<class T>(const ColumnInfo&, std::vector<T>& column) {
    for (std::size_t f = 0; f < n; ++f) {
      next += 1.0 / 3;
      if constexpr (std::is_same_v<T, std::uint8_t>) {
        column.push_back(static_cast<std::uint8_t>(f % 3 == 0));
      } else {
        column.push_back(f % 4 == 0 ? std::nullopt : std::optional(next));
      }
    }
  });
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    auto& tokens = artefacts.top_token.emplace_back();
    auto& shares = artefacts.top_token_share_of.emplace_back();
    for (std::size_t f = 0; f < n; ++f) {
      tokens.push_back(kHardTokens[(f + l) % kHardTokens.size()]);
      shares.push_back(tokens.back().empty() ? std::nullopt : std::optional(next += 0.1));
    }
  }
  for (const std::string name : {"nu", "nu_en", "nu_th", "nu_zh", "phi"}) {
    auto& values = table.measures.emplace_back(Measure{name, {}}).values;
    for (std::size_t f = 0; f < n; ++f) {
      values.push_back(f % 5 == 0 ? std::nullopt : std::optional(next -= 0.7));
    }
  }
  return table;
}

template <class T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return "'" + value + "'";
  } else {
    std::ostringstream text;
    text << std::hexfloat << +value;
    return text.str();
  }
}
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : "absent";
}

/// Every column with its name and, to the bit, its elements.
std::vector<std::pair<std::string, std::vector<std::string>>> everything_in(
    const ScoreTable& table) {
  std::vector<std::pair<std::string, std::vector<std::string>>> columns;
  visit_score_columns(table, [&](const std::string& name, const auto& column) {
    auto& texts = columns.emplace_back(name, std::vector<std::string>{}).second;
    for (const auto& value : column) texts.push_back(text_of(value));
  });
  return columns;
}

TEST(ScoresFile, ReadsBackToTheBit) {
  const SmallResult result;
  for (const auto& table : {scored(result), with_everything(result)}) {
    write_scores(result.folder, table);
    const auto read = read_scores(result.folder);
    EXPECT_EQ(read.languages, table.languages);
    EXPECT_EQ(read.n_rows, table.n_rows);
    EXPECT_EQ(read.beta, table.beta);
    EXPECT_EQ(read.beta_text, table.beta_text);
    EXPECT_EQ(read.effective_strata, table.effective_strata);
    EXPECT_EQ(read.intervals_by_document, table.intervals_by_document);
    EXPECT_EQ(read.artefacts.has_value(), table.artefacts.has_value());
    EXPECT_EQ(everything_in(read), everything_in(table));
    // Feature 0 never fires: the case of nulls is among them.
    EXPECT_FALSE(read.bi_rank[0].has_value());
    EXPECT_TRUE(std::any_of(read.bi_rank.begin(), read.bi_rank.end(),
                            [](const auto& rank) { return rank.has_value(); }));
  }
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

/// The records of a file by RFC 4180, quotes taken off.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> records(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& field = records.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[i++];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ',') {
      records.back().emplace_back();
    } else if (!quoted && text[i] == '\n') {
      records.push_back({""});
    } else {
      field += text[i];
    }
  }
  EXPECT_FALSE(quoted);
  EXPECT_EQ(records.back(), std::vector<std::string>{""}) << "the last line ends";
  records.pop_back();
  return records;
}

TEST(ScoresCsv, ColumnsInTheContractsOrderNullsEmptySeventeenDigits) {
  const SmallResult result({.languages = {"en", "es"}});
  auto table = scored(result);
  table.agreement[0] = 1.0 / 3;
  table.max[1][0] = 0.1F;
  const auto records = parse_csv(scores_csv(table));
  EXPECT_THAT(
      records[0],
      ElementsAre("feature", "alive", "n_languages_active", "agreement", "agreement_raw",
                  "agreement_rank", "overlap", "overlap_expected", "n_eff", "cofire", "p_cofire",
                  "q_cofire", "rank", "agreement_stratified", "agreement_stratified_raw",
                  "agreement_low", "agreement_high", "p_agreement", "q_agreement", "n_permutations",
                  "p_agreement_max_t", "overlap_expected_stratified", "p_cofire_stratified",
                  "agreement_min", "agreement_strict", "overlap_strict", "overlap_expected_strict",
                  "agreement_attainable", "containment", "bi_loss", "bi_rank", "bi_loss_text",
                  "active_en", "active_es", "max_en", "max_es"));
  ASSERT_EQ(records.size(), static_cast<std::size_t>(table.n_features()) + 1);
  const auto rank = std::to_string(table.agreement_rank[0]);
  EXPECT_THAT(records[1], ElementsAre("0", "false", "0", "0.33333333333333331", "", rank, "", "",
                                      "", "0", "", "", std::to_string(table.rank[0]), "0", "", "",
                                      "", "", "", "0", "", "", "", "", "", "", "", "", "", "", "",
                                      "", "0", "0", "0", "0.10000000149011612"));
  const auto alive = std::find(table.alive.begin(), table.alive.end(), 1) - table.alive.begin();
  ASSERT_LT(alive, table.n_features());
  const auto& fields = records[static_cast<std::size_t>(alive) + 1];
  EXPECT_EQ(fields[1], "true");
  EXPECT_EQ(std::stod(fields[29]), *table.bi_loss[static_cast<std::size_t>(alive)]);
}

TEST(ScoresCsv, TokensComeBackWhateverIsInThem) {
  const SmallResult result;
  const auto table = with_everything(result);
  const auto records = parse_csv(scores_csv(table));
  ASSERT_EQ(records.size(), table.alive.size() + 1);
  const auto at = std::ranges::find(records[0], "top_token_th") - records[0].begin();
  const auto flag = std::ranges::find(records[0], "flag_dense") - records[0].begin();
  for (std::size_t f = 0; f < table.alive.size(); ++f) {
    ASSERT_EQ(records[f + 1].size(), records[0].size());
    EXPECT_EQ(records[f + 1][static_cast<std::size_t>(at)], table.artefacts->top_token[1][f]);
    EXPECT_EQ(records[f + 1][static_cast<std::size_t>(flag)], f % 3 == 0 ? "true" : "false");
  }
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

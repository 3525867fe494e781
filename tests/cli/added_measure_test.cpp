// A measure that this program adds to the registry is scored, written, read and shown everywhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/feature_json.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/page/page.h"
#include "isogloss/results/pairs_file.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/score/score_columns.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/validation/scores.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

/// The number of sentences that fire in the first language.
std::optional<double> first_count(std::span<const SparseColumn> columns, std::int32_t /*n_rows*/) {
  if (columns.front().size() == 0) return std::nullopt;
  return static_cast<double>(columns.front().size());
}

constexpr MeasureDefinition kFirstCount = {
    .name = "first_count",
    .description = "sentences that fire in the first language",
    .source = "this test",
    .is_weight = true,
    .of_sentences = first_count,
};

class AddedMeasure : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { add_measure(kFirstCount); }

  AddedMeasure() : table(score()) {}

  ScoreTable score() {
    PairsWriter pairs(result.folder, result.languages());
    const auto maxima = result.maxima();
    ScoringInput input{maxima};
    input.take_pairs = [&](auto of_features) { pairs.append(of_features); };
    auto scored = score_features(
        input, {.max_permutations = 0, .n_bootstrap = 0, .measures = {"first_count"}}, {});
    pairs.finish();
    write_scores(result.folder, scored);
    return scored;
  }

  SmallResult result;
  ScoreTable table;
};

TEST_F(AddedMeasure, IsInParquetAndCsv) {
  const auto read = read_scores(result.folder);
  ASSERT_EQ(read.measures.size(), 1U);
  EXPECT_EQ(read.measures[0].name, "first_count");
  EXPECT_EQ(read.measures[0].values[7], read.active[0][7]);
  EXPECT_FALSE(read.measures[0].values[0].has_value());
  const MappedFile csv(result.folder.scores_csv());
  EXPECT_THAT(std::string(csv.text().substr(0, csv.text().find('\n'))),
              ::testing::EndsWith(",first_count"));
}

TEST_F(AddedMeasure, IsInShowsJson) {
  const std::vector<std::int32_t> features = {7};
  const auto view = view_features(result.folder, result.manifest, table, features, 1).front();
  EXPECT_EQ(cli::feature_json(view)["first_count"], table.active[0][7]);
}

TEST_F(AddedMeasure, IsOnThePageWithItsWords) {
  write_report(result.folder, result.manifest, table, {}, result.maxima(), {});
  const MappedFile page(result.folder.report());
  EXPECT_NE(page.text().find("\"first_count\":[null,"), std::string::npos);
  EXPECT_NE(page.text().find("Sentences that fire in the first language. this test."),
            std::string::npos);
}

TEST_F(AddedMeasure, IsInTheContractAndTheValidation) {
  const auto columns = score_columns();
  const auto found = std::ranges::find(columns, "first_count", &ScoreColumn::name);
  ASSERT_NE(found, columns.end());
  EXPECT_EQ(found->type, "double");
  EXPECT_TRUE(found->may_be_null);
  EXPECT_EQ(found->present, "asked");
  const auto scores = all_scores(table);
  const auto validated = std::ranges::find(scores, "first_count", &NamedScore::name);
  ASSERT_NE(validated, scores.end());
  EXPECT_TRUE(validated->is_weight);
}

}  // namespace
}  // namespace isogloss

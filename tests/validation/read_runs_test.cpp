#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"
#include "isogloss/validation/validation_files.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void mark_scored(SmallResult& result) {
  result.manifest.scoring = ScoringOptions{};
  write_manifest(result.folder, result.manifest);
}

/// The error of reading the folders, which must be one line.
std::string refusal(const std::vector<std::filesystem::path>& folders, ErrorCode code) {
  try {
    read_validation_runs(folders, {});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(ReadValidationRuns, ReadsAndScores) {
  SmallResult a;
  SmallResult b({.n_rows = 24, .seed = 2});
  mark_scored(a);
  mark_scored(b);
  const std::vector<std::filesystem::path> folders{a.folder.root, b.folder.root / ""};
  const auto runs = read_validation_runs(folders, {});
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].name, a.folder.root.filename().string());
  EXPECT_EQ(runs[1].name, b.folder.root.filename().string());
  EXPECT_EQ(runs[1].observed.maxima.n_rows(), 24);
  EXPECT_EQ(runs[0].table.n_features(), 40);
  EXPECT_EQ(runs[0].scores.front().name, "agreement_stratified");
  EXPECT_EQ(runs[0].observed.traits.n_rows(), 30);
  EXPECT_EQ(runs[0].unshared.languages, runs[0].observed.maxima.languages);
}

TEST(ReadValidationRuns, RefusesWhatIsNotScored) {
  SmallResult a;
  EXPECT_THAT(refusal({a.folder.root}, ErrorCode::kBadInput), HasSubstr("isogloss score"));
  EXPECT_THAT(refusal({a.folder.root / "none"}, ErrorCode::kBadInput), HasSubstr("none"));
}

TEST(ReadValidationRuns, RefusesRunsThatCannotBeCompared) {
  SmallResult a;
  mark_scored(a);
  SmallResult languages({.languages = {"en", "th"}});
  mark_scored(languages);
  EXPECT_THAT(refusal({a.folder.root, languages.folder.root}, ErrorCode::kBadInput),
              HasSubstr("--languages en,th,zh"));
  SmallResult features({.n_features = 41});
  mark_scored(features);
  EXPECT_THAT(refusal({a.folder.root, features.folder.root}, ErrorCode::kBadInput),
              HasSubstr("another SAE"));
  SmallResult sae;
  sae.manifest.inputs.sae = {{"sae", "0123"}};
  mark_scored(sae);
  EXPECT_THAT(refusal({a.folder.root, sae.folder.root}, ErrorCode::kBadInput),
              HasSubstr("another SAE"));
  SmallResult hook;
  hook.manifest.inputs.hook = "blocks.2.hook_resid_post";
  mark_scored(hook);
  EXPECT_THAT(refusal({a.folder.root, hook.folder.root}, ErrorCode::kBadInput),
              HasSubstr("another hook"));
  EXPECT_THAT(refusal({a.folder.root, a.folder.root / "."}, ErrorCode::kUsage), HasSubstr("twice"));
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

TEST(WriteValidation, WritesWholeFilesWithNullsForWhatDoesNotApply) {
  SmallResult a;
  mark_scored(a);
  const std::vector<std::filesystem::path> folders{a.folder.root};
  const auto runs = read_validation_runs(folders, {});
  Finding first{.section = "null", .quantity = "mean", .run = "</script>", .value = 0.25};
  Finding second{.section = "retrieval", .at = 64, .value = 0.5, .sd = 0.125, .n_repetitions = 5};
  const std::vector<Finding> findings{first, second};
  const ValidationFolder out{a.folder.root / "new" / "folder"};
  write_validation(out, runs, {}, findings);

  const auto table = take_arrow(open_parquet(out.parquet())->ReadTable(), out.parquet(), "read");
  ASSERT_EQ(table->num_rows(), 2);
  EXPECT_THAT(table->ColumnNames(),
              ElementsAre("section", "quantity", "run", "other_run", "score", "languages",
                          "variant", "condition", "at", "density", "recall", "noise", "correlation",
                          "value", "sd", "n_repetitions"));
  const auto is_null = [&](const char* name, std::int64_t row) {
    return table->GetColumnByName(name)->chunk(0)->IsNull(row);
  };
  EXPECT_TRUE(is_null("at", 0) && is_null("sd", 0) && is_null("other_run", 0));
  EXPECT_FALSE(is_null("at", 1) || is_null("sd", 1) || is_null("value", 0));

  const auto page = text_of(out.page());
  EXPECT_THAT(page, HasSubstr("What a high κ does not prove"));
  EXPECT_THAT(page, HasSubstr("\\u003c/script>"));
  const auto before = text_of(out.parquet());
  write_validation(out, runs, {}, findings);
  EXPECT_EQ(text_of(out.page()), page);
  EXPECT_EQ(text_of(out.parquet()), before);
}

}  // namespace
}  // namespace isogloss

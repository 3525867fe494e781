// Activations computed elsewhere, against torch's evaluation of the same files
// (tools/golden/gomez_dataset.py).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isogloss/core/error.h"
#include "isogloss/pipeline/import_activations.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/sequences.h"
#include "tests/imports/import_fixture.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;
using testing::read_golden_json;

const fs::path kDataset = ISOGLOSS_GOLDEN_DIR "/gomez2024";

class Import : public testing::ImportFixture {
 protected:
  /// Imports the golden dataset, scores it and compares both with torch's evaluation `kind`.
  void expect_evaluation(bool count_padding, const char* kind) {
    const auto golden = read_golden_json("gomez2024.json");
    const auto& expected = golden.at(kind);
    const auto manifest = import_activations(
        {.activations = kDataset, .output = root_ / kind, .count_padding = count_padding}, {});
    ASSERT_EQ(manifest.n_features, golden.at("n_features"));
    const ResultFolder folder{root_ / kind};
    const auto& languages = manifest.inputs.languages;
    EXPECT_EQ(languages, (std::vector<std::string>{"es", "en"}));
    const auto maxima = read_maxima(folder, manifest.n_features, languages);
    for (std::int32_t l = 0; l < 2; ++l) {
      EXPECT_EQ(dense(maxima, l), expected.at("maxima")
                                      .at(languages[static_cast<std::size_t>(l)])
                                      .get<std::vector<std::vector<float>>>());
    }
    std::int64_t n_activations = 0;
    visit_activation_values(folder, languages, [&](std::int32_t, std::span<const float> values) {
      n_activations += std::ssize(values);
    });
    EXPECT_EQ(n_activations, expected.at("n_activations"));

    score(folder, {.max_permutations = 0, .n_bootstrap = 0}, {});
    const auto table = read_scores(folder);
    EXPECT_NEAR(table.beta, expected.at("beta").get<double>(),
                1e-6 * std::abs(expected.at("beta").get<double>()));
    for (std::size_t f = 0; f < table.bi_loss.size(); ++f) {
      const auto& loss = expected.at("bi_loss")[f];
      ASSERT_EQ(table.bi_loss[f].has_value(), !loss.is_null());
      if (!loss.is_null()) {
        EXPECT_NEAR(*table.bi_loss[f], loss.get<double>(), 1e-6 * std::abs(loss.get<double>()));
      }
    }
  }
};

TEST_F(Import, MasksPadding) { expect_evaluation(false, "masked"); }

TEST_F(Import, CountsPaddingAsThePublishedAnalysisDoes) { expect_evaluation(true, "padded"); }

TEST_F(Import, KeepsTheTokensAndTheTexts) {
  import_activations({.activations = kDataset, .output = root_ / "out"}, {});
  const auto records = read_sequences({root_ / "out"}, {});
  ASSERT_EQ(records.size(), 24U);
  EXPECT_EQ(records[0].language, "es");
  EXPECT_EQ(records[0].text, "frase 0");
  EXPECT_EQ(records[0].source, "100");
  EXPECT_EQ(records[0].tokens.front(), "<bos>");
  EXPECT_EQ(records[0].tokens.size(), records[0].token_ids.size());
  EXPECT_EQ(records[0].tokens[1], fmt::format("▁es{}", records[0].token_ids[1]));
}

TEST_F(Import, OfAFolderInOurFormGivesTheSameBytes) {
  import_activations({.activations = kDataset, .output = root_ / "first"}, {});
  const ResultFolder first{root_ / "first"};
  const ResultFolder foreign{root_ / "foreign"};
  fs::create_directories(foreign.root);
  fs::copy(first.sequences(), foreign.sequences());
  fs::copy(first.activations(), foreign.activations(), fs::copy_options::recursive);
  const auto manifest = import_activations(
      {.activations = foreign.root, .output = root_ / "second", .n_features = 40}, {});
  const ResultFolder second{root_ / "second"};
  EXPECT_EQ(manifest.n_features, 40);
  EXPECT_EQ(bytes(second.sequences()), bytes(first.sequences()));
  EXPECT_EQ(bytes(second.activation_shard(0)), bytes(first.activation_shard(0)));
  EXPECT_EQ(bytes(second.maxima_shard(0)), bytes(first.maxima_shard(0)));
}

TEST_F(Import, DoneIsNotDoneAgainAndOtherChoicesAreAnotherRun) {
  const ImportOptions options{.activations = kDataset, .output = root_ / "out"};
  import_activations(options, {});
  const auto time = fs::last_write_time(ResultFolder{options.output}.sequences());
  import_activations(options, {});
  EXPECT_EQ(fs::last_write_time(ResultFolder{options.output}.sequences()), time);
  auto other = options;
  other.count_padding = true;
  expect_refused(other, ErrorCode::kBadInput, "count_padding");
}

TEST_F(Import, RefusesTextsWithoutBosWhoseFirstTokenWouldBeLost) {
  expect_refused({.activations = kDataset / "no-bos", .output = root_ / "out"},
                 ErrorCode::kBadInput, "must begin with BOS");
}

TEST_F(Import, RefusesWhatItCannotRead) {
  const auto output = root_ / "out";
  expect_refused({.activations = root_ / "none", .output = output}, ErrorCode::kEnvironment,
                 "no such file");
  fs::create_directories(root_ / "empty");
  expect_refused({.activations = root_ / "empty", .output = output}, ErrorCode::kBadInput,
                 "no activations that can be read");
  EXPECT_FALSE(fs::exists(output));
}

TEST_F(Import, RefusesAFolderWhoseActivationsDoNotFitItsSentences) {
  const ResultFolder foreign{root_ / "foreign"};
  fs::create_directories(foreign.activations());
  fs::create_directories(foreign.maxima());
  SequenceWriter sequences(foreign);
  sequences.append(std::vector<SequenceRecord>{{0, "en", "1", {}, "a b", {1, 2}, {"a", "b"}},
                                               {0, "es", "1", {}, "c d", {3, 4}, {"c", "d"}}});
  sequences.finish();
  const std::vector<std::string> languages = {"en", "es"};
  const auto import_shard = [&](const ActivationShard& shard, const char* part) {
    write_shard(foreign, 0, languages, shard);
    expect_refused({.activations = foreign.root, .output = root_ / "out"}, ErrorCode::kBadInput,
                   part);
    fs::remove_all(root_ / "out");
  };
  ActivationShard shard{{0}, {0}, {2}, {}};
  shard.activations = {{0, 1}, {5}, {1.5F}};
  import_shard(shard, "position 2");
  shard.position = {1};
  shard.sample = {7};
  import_shard(shard, "sample 7");
  shard.sample = {0};
  shard.activations.features = {1 << 24};
  import_shard(shard, "feature 16777216 fires");
  shard.activations.features = {5};
  write_shard(foreign, 0, languages, shard);
  expect_refused({.activations = foreign.root, .output = root_ / "out", .n_features = 5},
                 ErrorCode::kBadInput, "feature 5");
}

TEST_F(Import, NamesTheChoiceThatTheFormDoesNotHave) {
  import_activations({.activations = kDataset, .output = root_ / "out"}, {});
  expect_refused({.activations = root_ / "out", .output = root_ / "again", .count_padding = true},
                 ErrorCode::kUsage, "--count-padding");
}

}  // namespace
}  // namespace isogloss

#include "isogloss/evidence/evidence.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "isogloss/core/error.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

/// sample → position → value, by looking at every activation.
using FiredTokens = std::map<std::int32_t, std::map<std::int32_t, float>>;

FiredTokens fired_tokens(const ActivationShard& all, std::int32_t feature, std::int32_t language) {
  FiredTokens fired;
  for (std::size_t row = 0; row < all.sample.size(); ++row) {
    if (all.language[row] != language) continue;
    for (auto i = all.activations.offsets[row]; i < all.activations.offsets[row + 1]; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (all.activations.features[at] != feature) continue;
      fired[all.sample[row]][all.position[row]] = all.activations.values[at];
    }
  }
  return fired;
}

void expect_rows_of(const std::vector<EvidenceRow>& rows, const FiredTokens& fired) {
  ASSERT_EQ(rows.size(), fired.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& tokens = fired.at(rows[i].sample);
    std::map<std::int32_t, float> found;
    float max = 0;
    for (std::size_t k = 0; k < rows[i].positions.size(); ++k) {
      found[rows[i].positions[k]] = rows[i].values[k];
      max = std::max(max, rows[i].values[k]);
    }
    EXPECT_EQ(found, tokens);
    EXPECT_EQ(rows[i].max, max);
    if (i > 0) {
      EXPECT_LE(rows[i].max, rows[i - 1].max);
    }
  }
}

TEST(GatherEvidence, FindsEveryTokenOfTheWantedSentences) {
  const SmallResult result;
  const auto maxima = result.maxima();
  const std::vector<WantedEvidence> wanted = {{5, choose_rows(maxima, 5, 30, 90)},
                                              {17, choose_rows(maxima, 17, 30, 90)}};
  const auto evidence = gather_evidence(result.folder, maxima, wanted, {});
  EXPECT_EQ(evidence.first_position, 1);
  EXPECT_EQ(evidence.n_special, 1);
  ASSERT_EQ(evidence.features.size(), 2U);
  for (const auto& feature : evidence.features) {
    for (std::size_t language = 0; language < 3; ++language) {
      SCOPED_TRACE(std::to_string(feature.feature) + " " + result.languages()[language]);
      expect_rows_of(
          feature.by_language[language],
          fired_tokens(result.everything, feature.feature, static_cast<std::int32_t>(language)));
    }
  }
}

TEST(GatherEvidence, ShowsTheTextOfEachLanguage) {
  const SmallResult result;
  const auto maxima = result.maxima();
  const std::vector<WantedEvidence> wanted = {{5, {4, 9}}};
  const auto evidence = gather_evidence(result.folder, maxima, wanted, {});
  ASSERT_EQ(evidence.samples.size(), 2U);
  EXPECT_EQ(evidence.samples[0].sample, maxima.samples[4]);
  EXPECT_EQ(evidence.samples[1].sample, maxima.samples[9]);
  for (const auto& record : result.sequences) {
    for (const auto& sample : evidence.samples) {
      if (sample.sample != record.sample) continue;
      const auto language = std::ranges::find(result.languages(), record.language);
      const auto& shown =
          sample.by_language[static_cast<std::size_t>(language - result.languages().begin())];
      EXPECT_EQ(sample.source, record.source);
      EXPECT_EQ(shown.text, record.text);
      std::string joined;
      std::int32_t n_tokens = 0;
      for (const auto& segment : shown.segments) {
        joined += segment.text;
        n_tokens += segment.n_tokens;
      }
      EXPECT_EQ(joined, record.text);
      EXPECT_EQ(n_tokens, static_cast<std::int32_t>(record.tokens.size()) - 1);
    }
  }
}

TEST(GatherEvidence, CutsLongSentencesButKeepsTheirMaximum) {
  SmallResultShape shape;
  shape.n_rows = 2;
  shape.max_words = 2000;
  const SmallResult result(shape);
  const auto maxima = result.maxima();
  const auto evidence =
      gather_evidence(result.folder, maxima, std::vector<WantedEvidence>{{5, {0, 1}}}, {});
  bool some_cut = false;
  for (std::size_t language = 0; language < 3; ++language) {
    const auto fired = fired_tokens(result.everything, 5, static_cast<std::int32_t>(language));
    for (const auto& row : evidence.features[0].by_language[language]) {
      float max = 0;
      for (const auto& [position, value] : fired.at(row.sample)) max = std::max(max, value);
      EXPECT_EQ(row.max, max);
      ASSERT_FALSE(row.positions.empty());
      EXPECT_LE(row.positions.back(), kMaxShownTokens);
    }
    for (const auto& sample : evidence.samples) {
      const auto& shown = sample.by_language[language];
      std::int32_t n_tokens = 0;
      for (const auto& segment : shown.segments) n_tokens += segment.n_tokens;
      EXPECT_LE(n_tokens, kMaxShownTokens + 1);
      if (shown.segments.back().text != "…") continue;
      some_cut = true;
      EXPECT_TRUE(shown.text.ends_with("…"));
    }
  }
  EXPECT_TRUE(some_cut);
}

TEST(GatherEvidence, RefusesSequencesOfAnotherRun) {
  const SmallResult result;
  auto records = result.sequences;
  for (auto& record : records) record.tokens.resize(1);
  SequenceWriter writer(result.folder);
  writer.append(records);
  writer.finish();
  const auto maxima = result.maxima();
  const std::vector<WantedEvidence> wanted = {{5, {4}}};
  try {
    gather_evidence(result.folder, maxima, wanted, {});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("sequences.parquet"));
  }
}

TEST(GatherEvidence, StopsWhenAsked) {
  const SmallResult result;
  const std::atomic<bool> stop = true;
  RunControl control;
  control.stop = &stop;
  EXPECT_THROW(gather_evidence(result.folder, result.maxima(),
                               std::vector<WantedEvidence>{{5, {4}}}, control),
               Error);
}

/// Feature 0 in two languages over five rows.
Maxima hand_made() {
  Maxima maxima;
  maxima.n_features = 1;
  maxima.samples = {10, 11, 12, 13, 14};
  maxima.languages = {"en", "es"};
  maxima.by_language = {{{0, 3}, {0, 1, 2}, {1, 4, 3}, {1, 1, 1}},
                        {{0, 3}, {1, 2, 4}, {6, 1, 8}, {1, 1, 1}}};
  return maxima;
}

// Ranks: en 1 2 0, es 4 1 2. First of a language: row 1 (strength (4/4 + 6/8)/2) before row 4
// (8/8/2); second: row 2 ((3/4 + 1/8)/2); third: row 0.
TEST(ChooseRows, TakesEachLanguagesStrongestInTurn) {
  EXPECT_THAT(choose_rows(hand_made(), 0, 40, 80), ElementsAre(1, 4, 2, 0));
  EXPECT_THAT(choose_rows(hand_made(), 0, 1, 80), ElementsAre(1, 4));
  EXPECT_THAT(choose_rows(hand_made(), 0, 40, 3), ElementsAre(1, 4, 2));
}

TEST(ChooseFeatures, JoinsTheBestOfBothScoresAndLeavesOutTheDead) {
  ScoreTable table;
  table.alive = {1, 1, 0, 1, 0};
  table.n_languages_active = {2, 2, 0, 2, 1};
  table.rank = {3, 1, 0, 4, 2};
  table.bi_rank = {2, 1, std::nullopt, 0, std::nullopt};
  EXPECT_THAT(choose_features(table, 3, 1), ElementsAre(1, 3, 4));
  EXPECT_THAT(choose_features(table, 5, 0), ElementsAre(0, 1, 3, 4));
}

TEST(SpecificFeatures, AreThoseOfTheLanguageWithMostSentencesThatHasEnough) {
  ScoreTable table;
  table.languages = {"en", "es"};
  table.alive.resize(5);
  table.active = {{9, 1, 0, 30, 4}, {0, 12, 50, 0, 0}};
  EXPECT_THAT(specific_features(table), ElementsAre(ElementsAre(), ElementsAre()));
  table.artefacts.emplace();
  for (auto& flag : table.artefacts->flags) flag.assign(5, 0);
  for (std::size_t i = 0; i < flags().size(); ++i) {
    if (flags()[i] == &flag::language) table.artefacts->flags[i] = {1, 1, 0, 1, 1};
  }
  EXPECT_THAT(specific_features(table), ElementsAre(ElementsAre(3, 0), ElementsAre(1)));
}

}  // namespace
}  // namespace isogloss

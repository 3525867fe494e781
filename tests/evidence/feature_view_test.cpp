#include "isogloss/evidence/feature_view.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

TEST(ViewFeature, ShadesTheSegmentsOfEachLanguage) {
  const SmallResult result;
  const std::vector<std::int32_t> features = {7};
  const auto view =
      view_features(result.folder, result.manifest, result.table(), features, 6).front();
  ASSERT_EQ(view.samples.size(), 6U);
  for (const auto& sample : view.samples) {
    for (std::size_t language = 0; language < 3; ++language) {
      const auto record = std::ranges::find_if(result.sequences, [&](const auto& candidate) {
        return candidate.sample == sample.sample &&
               candidate.language == result.languages()[language];
      });
      const auto& sentence = sample.by_language[language];
      EXPECT_EQ(sentence.text, record->text);
      std::string joined;
      float largest = 0;
      for (const auto& segment : sentence.segments) {
        joined += segment.text;
        largest = std::max(largest, segment.value);
      }
      EXPECT_EQ(joined, record->text);
      EXPECT_EQ(largest, sentence.max);

      float expected = 0;
      for (std::size_t row = 0; row < result.everything.sample.size(); ++row) {
        if (result.everything.sample[row] != sample.sample ||
            result.everything.language[row] != static_cast<std::int32_t>(language)) {
          continue;
        }
        const auto& [offsets, fired, values] = result.everything.activations;
        for (auto i = offsets[row]; i < offsets[row + 1]; ++i) {
          if (fired[static_cast<std::size_t>(i)] != 7) continue;
          expected = std::max(expected, values[static_cast<std::size_t>(i)]);
        }
      }
      EXPECT_EQ(sentence.max, expected);
    }
  }
}

TEST(ViewFeature, BeginsWithTheStrongestSentenceOfALanguage) {
  const SmallResult result;
  const auto table = result.table();
  const std::vector<std::int32_t> features = {3, 12, 30};
  for (const auto& view : view_features(result.folder, result.manifest, table, features, 1)) {
    ASSERT_EQ(view.samples.size(), 1U);
    bool is_strongest = false;
    for (std::size_t language = 0; language < 3; ++language) {
      const auto max = view.samples[0].by_language[language].max;
      is_strongest = is_strongest || (max > 0 && max == view.scores.max[language].front());
    }
    EXPECT_TRUE(is_strongest) << view.feature;
    EXPECT_EQ(view.scores.rank.front(), 39 - view.feature);
  }
}

TEST(ViewFeature, ReadsTheScoresOfTheFolder) {
  SmallResult result;
  result.manifest.neuronpedia_id = "model/source";
  write_scores(result.folder, result.table());
  const auto view = view_feature(result.folder, result.manifest, 7, 2);
  EXPECT_EQ(view.scores.agreement_rank.front(), 32);
  EXPECT_EQ(view.scores.languages, result.languages());
  EXPECT_EQ(view.neuronpedia_url, "https://www.neuronpedia.org/model/source/7");
}

TEST(ViewFeature, HasWhatTheVocabularyFileHas) {
  const SmallResult result;
  const LogitEffects effect = {{{7, "▁water", 3.25F}}, {{8, ",", -2.5F}}};
  const std::vector<FeatureVocabulary> known = {{7, effect}};
  write_vocabulary(result.folder, known);
  const std::vector<std::int32_t> features = {7, 8};
  const auto views = view_features(result.folder, result.manifest, result.table(), features, 1);
  EXPECT_EQ(views[0].vocabulary, effect);
  EXPECT_EQ(views[1].vocabulary, std::nullopt);
}

TEST(ViewFeature, HasWhatOthersSay) {
  const SmallResult result;
  write_explanations(
      result.folder,
      {.source = "m/s", .files = {}, .rows = {{7, "water", "", "gpt"}, {7, "水", "", ""}}});
  const std::vector<std::int32_t> features = {7, 8};
  const auto views = view_features(result.folder, result.manifest, result.table(), features, 1);
  EXPECT_EQ(views[0].explanations,
            (std::vector<Explanation>{{7, "water", "", "gpt"}, {7, "水", "", ""}}));
  EXPECT_TRUE(views[1].explanations.empty());
}

TEST(ViewFeature, NamesTheTokensOnWhichItPeaks) {
  const SmallResult result;
  const std::vector<std::int32_t> features = {0, 7};
  const auto view = [&] {
    return view_features(result.folder, result.manifest, result.table(), features, 1);
  };
  EXPECT_TRUE(view()[1].peaks[0].empty()) << "there is no profile yet";

  const auto profile = profile_features(result.folder, result.maxima(),
                                        read_row_traits(result.folder, result.languages()), {})
                           .tokens;
  const auto views = view();
  for (std::size_t language = 0; language < 3; ++language) {
    EXPECT_TRUE(views[0].peaks[language].empty()) << "a dead feature peaks nowhere";
    const auto expected = profile.by_language[language].peaks_of(7);
    const auto& peaks = views[1].peaks[language];
    ASSERT_FALSE(peaks.empty());
    for (std::size_t i = 0; i < peaks.size(); ++i) {
      EXPECT_EQ(peaks[i].share, expected[i].share);
      EXPECT_EQ(peaks[i].token.find(' '), std::string::npos);
    }
    EXPECT_TRUE(peaks.size() == kPeakTokens || expected[peaks.size()].token < 0);
  }
}

TEST(ViewFeature, HasNoSentencesForADeadFeature) {
  const SmallResult result;
  const std::vector<std::int32_t> dead = {0};
  const auto view = view_features(result.folder, result.manifest, result.table(), dead, 5).front();
  EXPECT_TRUE(view.samples.empty());
  EXPECT_EQ(view.scores.alive.front(), 0);
}

TEST(ViewFeature, RefusesAFeatureThatTheSaeLacks) {
  const SmallResult result;
  const std::vector<std::int32_t> missing = {40};
  try {
    view_features(result.folder, result.manifest, result.table(), missing, 5);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.what(), testing::HasSubstr("0 to 39"));
  }
}

}  // namespace
}  // namespace isogloss

#include "isogloss/corpus/profile.h"

#include <cmath>

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

/// Texts of the lengths [n_languages][n_rows].
Corpus corpus_of(const std::vector<std::vector<int>>& lengths) {
  Corpus corpus;
  corpus.languages = {"en", "es", "zh"};
  corpus.languages.resize(lengths.size());
  for (std::size_t row = 0; row < lengths[0].size(); ++row) {
    ParallelSentence sentence{.sample = static_cast<std::int32_t>(row),
                              .source = "r" + std::to_string(row),
                              .document = {},
                              .text = {}};
    for (std::size_t language = 0; language < lengths.size(); ++language) {
      const auto letter = static_cast<char>('a' + language);
      sentence.text.emplace_back(static_cast<std::size_t>(lengths[language][row]), letter);
    }
    corpus.rows.push_back(sentence);
  }
  return corpus;
}

/// Lengths that vary without a pattern, times `factor`.
std::vector<int> lengths(std::size_t n_rows, int factor, std::size_t first = 0) {
  std::vector<int> values;
  for (std::size_t row = first; row < first + n_rows; ++row) {
    values.push_back(factor * static_cast<int>(20 + row * row * 7919 % 97));
  }
  return values;
}

TEST(CorpusProfiles, SayHowLongTextsAre) {
  Corpus corpus = corpus_of({{10, 30, 20, 0}, {1, 2, 3, 4}});
  corpus.rows[0].text[1] = " \xc3\xb1 ";  // one character between white space
  const auto profile = profile_corpus(corpus);
  ASSERT_EQ(profile.lengths.size(), 2U);
  EXPECT_EQ(profile.lengths[0].language, "en");
  EXPECT_EQ(profile.lengths[0].shortest, 0);
  EXPECT_EQ(profile.lengths[0].median, 15);
  EXPECT_EQ(profile.lengths[0].percentile_95, 30);
  EXPECT_EQ(profile.lengths[0].longest, 30);
  EXPECT_EQ(profile.lengths[0].n_empty, 1);
  EXPECT_EQ(profile.lengths[1].shortest, 1);
  EXPECT_EQ(profile.lengths[1].median, 2.5);
}

TEST(CorpusProfiles, FindRowsOfOddLengths) {
  auto en = lengths(40, 2);
  en[7] = 1000;
  en[9] = 600;
  auto corpus = corpus_of({en, lengths(40, 1)});
  corpus.rows[3].text[1] = corpus.rows[3].text[0] + " ";
  const auto alignment = profile_corpus(corpus).alignments.at(0);
  EXPECT_EQ(alignment.language, "es");
  EXPECT_DOUBLE_EQ(alignment.ratio, 0.5);
  EXPECT_EQ(alignment.n_identical, 1);
  EXPECT_EQ(alignment.n_odd, 2);
  ASSERT_EQ(alignment.oddest.size(), 2U);
  EXPECT_EQ(alignment.oddest[0].source, "r7");
  EXPECT_EQ(alignment.oddest[0].length_first, 1000);
  EXPECT_EQ(alignment.oddest[1].source, "r9");
  EXPECT_FALSE(alignment.seems_misaligned);
  clean(corpus);
  EXPECT_EQ(corpus.dropped.length_ratio, alignment.n_odd);
}

TEST(CorpusProfiles, FindShiftedRows) {
  const auto aligned = profile_corpus(corpus_of({lengths(60, 1), lengths(60, 1)})).alignments[0];
  EXPECT_NEAR(aligned.correlation, 1, 1e-9);
  EXPECT_EQ(aligned.shift, 0);
  EXPECT_FALSE(aligned.seems_misaligned);
  // Row i of Spanish is what row i + 1 should be: English row i belongs to Spanish row i - 1.
  const auto shifted = profile_corpus(corpus_of({lengths(60, 1), lengths(60, 1, 1)})).alignments[0];
  EXPECT_EQ(shifted.shift, -1);
  EXPECT_NEAR(shifted.shifted_correlation, 1, 1e-9);
  EXPECT_LT(shifted.correlation, 0.5);
  EXPECT_TRUE(shifted.seems_misaligned);
  EXPECT_FALSE(profile_corpus(corpus_of({lengths(19, 1), lengths(19, 1, 1)}))
                   .alignments[0]
                   .seems_misaligned);  // too few rows to tell
}

TEST(CorpusProfiles, CannotTellOrderFromLengthsThatHardlyVary) {
  auto en = lengths(60, 1);
  auto es = lengths(60, 1, 1);
  for (auto* values : {&en, &es}) {
    for (int& value : *values) value += 1000;
  }
  EXPECT_FALSE(profile_corpus(corpus_of({en, es})).alignments[0].seems_misaligned);
}

TEST(CorpusProfiles, StandLanguagesBesideTheFirst) {
  const auto profile = profile_corpus(corpus_of({lengths(5, 3), lengths(5, 3), lengths(5, 1)}));
  ASSERT_EQ(profile.alignments.size(), 2U);
  EXPECT_EQ(profile.alignments[1].language, "zh");
  EXPECT_NEAR(profile.alignments[1].ratio, 1.0 / 3, 1e-9);
}

}  // namespace
}  // namespace isogloss

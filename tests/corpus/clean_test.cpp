#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

Corpus corpus_of(std::vector<std::vector<std::string>> texts) {
  Corpus corpus;
  for (std::size_t i = 0; i < texts[0].size(); ++i) {
    corpus.languages.push_back(std::to_string(i));
  }
  for (auto& text : texts) {
    ParallelSentence row;
    row.sample = static_cast<std::int32_t>(corpus.rows.size());
    row.text = std::move(text);
    corpus.rows.push_back(std::move(row));
  }
  return corpus;
}

/// `n_rows` rows in two languages, lengths 40 and 40 × ratio, all different.
std::vector<std::vector<std::string>> regular_rows(int n_rows, double ratio) {
  std::vector<std::vector<std::string>> texts;
  for (int i = 0; i < n_rows; ++i) {
    const auto start = static_cast<char>('a' + i);
    texts.push_back({start + std::string(39, 'x'),
                     start + std::string(static_cast<std::size_t>(40 * ratio) - 1, 'y')});
  }
  return texts;
}

TEST(Clean, DropsRowsWithoutTextInSomeLanguage) {
  auto corpus = corpus_of({{"a", "b"}, {"c", ""}, {" \t", "d"}, {"\u00a0\u3000\u2009", "e"}});
  clean(corpus);
  EXPECT_THAT(samples_of(corpus), ElementsAre(0));
  EXPECT_EQ(corpus.dropped.empty, 3);
}

TEST(Clean, DropsRepeatedRowsButKeepsTheFirst) {
  auto corpus = corpus_of({{"a", "b"}, {"a", "c"}, {" a", "b\u00a0"}, {"b", "a"}, {"a", "b"}});
  clean(corpus);
  EXPECT_THAT(samples_of(corpus), ElementsAre(0, 1, 3));
  EXPECT_EQ(corpus.dropped.duplicate, 2);
}

TEST(Clean, ComparesWhatReadsTheSame) {
  // é as one character and as two, a ligature, a soft hyphen, a zero-width joiner, a wide letter.
  auto corpus = corpus_of({{"caf\u00e9", "b"},
                           {"cafe\u0301", "b"},
                           {"\ufb01n", "b"},
                           {"fin", "b"},
                           {"co\u00adop", "b"},
                           {"coop", "\u200db"},
                           {"same", "\uff53ame"}});
  clean(corpus);
  EXPECT_THAT(samples_of(corpus), ElementsAre(0, 2, 4));
  EXPECT_EQ(corpus.dropped.duplicate, 3);
  EXPECT_EQ(corpus.dropped.identical, 1);
  EXPECT_EQ(corpus.rows[1].text[0], "\ufb01n") << "texts stay as they were";
}

TEST(Clean, DropsUntranslatedRowsWhicheverTheLanguages) {
  auto corpus = corpus_of({{"a", "b", "c"}, {"a", "b", "a "}, {"a", "b", "b"}, {"A", "a", "c"}});
  clean(corpus);
  EXPECT_THAT(samples_of(corpus), ElementsAre(0, 3));
  EXPECT_EQ(corpus.dropped.identical, 2);
}

TEST(Clean, CountsARowOnceUnderTheFirstRule) {
  auto corpus = corpus_of({{"", ""}, {"", ""}, {"a", "a"}, {"a", "a"}});
  clean(corpus);
  EXPECT_TRUE(corpus.rows.empty());
  EXPECT_EQ(corpus.dropped.empty, 2);
  EXPECT_EQ(corpus.dropped.duplicate, 1);
  EXPECT_EQ(corpus.dropped.identical, 1);
}

TEST(Clean, DropsLengthsFarFromWhatThePairUsuallyHas) {
  for (const double usual : {1.0, 0.25}) {  // 0.25: as Chinese beside English
    auto texts = regular_rows(20, usual);
    texts[3][0] += std::string(90, 'z');  // 130 : 40, over 3 times the usual
    texts[5][1] += std::string(static_cast<std::size_t>(40 * usual * 2.5), 'z');  // 3.5 times
    texts[7][0] += std::string(75, 'z');  // 115 : 40, under 3 times
    auto corpus = corpus_of(texts);
    clean(corpus);
    EXPECT_EQ(corpus.dropped.length_ratio, 2) << usual;
    EXPECT_EQ(corpus.rows.size(), 18U);
    EXPECT_EQ(corpus.rows[3].sample, 4);
    EXPECT_EQ(corpus.rows[4].sample, 6);
  }
}

TEST(Clean, MeasuresLengthInCharactersNotBytes) {
  auto texts = regular_rows(20, 1);
  texts[3][1].clear();
  for (int i = 0; i < 40; ++i) texts[3][1] += "字";  // 120 bytes and 40 characters
  for (int i = 0; i < 9; ++i) texts[4][1] += "字";
  auto corpus = corpus_of(texts);
  clean(corpus);
  EXPECT_EQ(corpus.dropped.length_ratio, 0);
}

TEST(Clean, SparesShortTexts) {
  auto texts = regular_rows(20, 1);
  texts[3] = {std::string(19, 'q'), "s"};
  texts[4] = {std::string(20, 'q'), "s"};
  auto corpus = corpus_of(texts);
  clean(corpus);
  EXPECT_EQ(corpus.dropped.length_ratio, 1);
  EXPECT_EQ(corpus.rows[3].sample, 3);
  EXPECT_EQ(corpus.rows[4].sample, 5);
}

TEST(Clean, DoesNotJudgeLengthsByAHandfulOfRows) {
  auto texts = regular_rows(20, 1);
  texts[3][0] += std::string(200, 'z');
  texts[9] = texts[8];  // leaves 19 rows to judge by
  auto corpus = corpus_of(texts);
  clean(corpus);
  EXPECT_EQ(corpus.dropped.length_ratio, 0);
  EXPECT_EQ(corpus.rows.size(), 19U);
}

TEST(Clean, LeavesTheTextsAsTheyStand) {
  auto corpus = corpus_of({{" a ", "b\u3000"}});
  clean(corpus);
  EXPECT_THAT(corpus.rows[0].text, ElementsAre(" a ", "b\u3000"));
}

}  // namespace
}  // namespace isogloss

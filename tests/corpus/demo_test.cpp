// The corpus in data/, as the demo reads it.
#include <set>

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::Optional;

const std::filesystem::path kDemo = ISOGLOSS_SOURCE_DIR "/data/demo.tsv";

TEST(DemoCorpus, LosesNoEnglishSpanishPair) {
  const auto corpus = read_corpus(kDemo, {.languages = {"en", "es"}, .n_samples = {}});
  EXPECT_EQ(corpus.n_rows_read, 472);
  EXPECT_EQ(corpus.rows.size(), 472U);
  EXPECT_EQ(corpus.rows[0].source, "udhr:preamble.1");
  EXPECT_THAT(corpus.rows[55].document, Optional(std::string("udhr")));
  EXPECT_THAT(corpus.rows[56].document, Optional(std::string("lighthouse")));
  EXPECT_THAT(corpus.rows[471].source, testing::StartsWith("lighthouse:"));
  EXPECT_EQ(corpus.rows[6].text[0].substr(0, 40), "All human beings are born free and equal");
  EXPECT_EQ(corpus.rows[6].text[1].substr(0, 36), "Todos los seres humanos nacen libres");
}

// Counted by an independent evaluation of clean()'s rules in Python (statistics.median, len of
// str): of the 406 language pairs only Spanish and Indonesian part, on row 379, where a full
// Spanish sentence of 92 characters faces four Indonesian words.
TEST(DemoCorpus, LosesOneRowInAllLanguages) {
  const auto corpus = read_corpus(kDemo, {.languages = {}, .n_samples = {}});
  EXPECT_EQ(corpus.languages.size(), 29U);
  EXPECT_THAT((std::vector(corpus.languages.begin(), corpus.languages.begin() + 9)),
              ElementsAre("en", "es", "fr", "de", "it", "pt", "ru", "zh", "ar"));
  EXPECT_EQ(corpus.rows.size(), 471U);
  EXPECT_EQ(corpus.dropped.length_ratio, 1);
  EXPECT_EQ(corpus.dropped.empty + corpus.dropped.duplicate + corpus.dropped.identical, 0);
  EXPECT_EQ(corpus.rows[378].sample, 378);
  EXPECT_EQ(corpus.rows[379].sample, 380);
}

TEST(DemoCorpus, NamesEveryRowApart) {
  const auto sources = sources_of(read_corpus(kDemo, every_row({"en", "es"})));
  EXPECT_EQ(std::set(sources.begin(), sources.end()).size(), 472U);
}

TEST(DemoVerses, AreWholeAndDistinct) {
  const std::filesystem::path verses = ISOGLOSS_SOURCE_DIR "/data/demo-en-es.tsv";
  const auto corpus = read_corpus(verses, {});
  EXPECT_EQ(corpus.languages, (std::vector<std::string>{"en", "es"}));
  EXPECT_EQ(corpus.n_rows_read, 560);
  EXPECT_EQ(corpus.rows.size(), 560U);
  EXPECT_EQ(corpus.rows.front().source, "Genesis 1:3");
  EXPECT_EQ(corpus.rows.front().text[1], "Y dijo Dios: Sea la luz: y fué la luz.");
  std::set<std::string> documents;
  for (const auto& row : corpus.rows) documents.insert(row.document.value_or(""));
  EXPECT_EQ(documents, (std::set<std::string>{"Genesis", "Luke", "Mark", "Ruth"}));
}

}  // namespace
}  // namespace isogloss

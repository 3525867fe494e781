// Quotes that a CSV library wrote are not part of a text; all others are.
#include "isogloss/corpus/quotes.h"
#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TsvQuotes, OfACsvLibraryAreTakenOff) {
  const CorpusFolder folder;
  const auto corpus = read_corpus(
      folder.write("c.tsv",
                   "en\tes\n\"Bread, \"\"they say\"\".\"\tPan.\none\t\"\"\"Uno\"\"\"\n\"\"\tdos\n"),
      every_row());
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("Bread, \"they say\".", "Pan."),
                                            ElementsAre("one", "\"Uno\""), ElementsAre("", "dos")));
  EXPECT_THAT(corpus.notes, ElementsAre(HasSubstr("3 texts stand in quotes")));
}

TEST(TsvQuotes, MayEncloseTabsAndLineBreaks) {
  const CorpusFolder folder;
  const auto corpus = read_corpus(
      folder.write("c.tsv",
                   "en\tes\r\n\"She said\tsoftly\"\tDijo\r\n\"two\r\nlines\"\tdos\r\na\tb\r\n"),
      every_row());
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("She said\tsoftly", "Dijo"),
                          ElementsAre("two\r\nlines", "dos"), ElementsAre("a", "b")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2", "3", "5"));
}

TEST(TsvQuotes, EncloseTextsWhereTheyEncloseTheHeader) {
  const CorpusFolder folder;
  const auto corpus =
      read_corpus(folder.write("c.tsv", "\"en\"\t\"es\"\n\"one\"\t\"uno\"\n"), every_row());
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("one", "uno")));
}

TEST(TsvQuotes, OfTheTextStay) {
  const CorpusFolder folder;
  const std::vector<std::vector<std::string>> rows = {{"\"The baker left.", "«El panadero.»"},
                                                      {"a \"b\" c", "\"Yes,\" he said. \"No.\""},
                                                      {"\"Yes.\"", "\"Sí.\""},
                                                      {"5\"", "x\"\"y"}};
  std::string text = "en\tes\n";
  for (const auto& row : rows) text += row[0] + "\t" + row[1] + "\n";
  const auto corpus = read_corpus(folder.write("c.tsv", text), every_row());
  EXPECT_EQ(texts_of(corpus), rows);
  EXPECT_THAT(corpus.notes, ElementsAre(HasSubstr("2 texts begin and end with a quote")));
}

TEST(TsvQuotes, OfBothKindsAreRefused) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("c.tsv", "en\tes\na\tb\n\"a \"\"b\"\"\"\tc\nd\te\nthe \"f\"\tg\n"),
                    {"c.tsv:3:", "CSV library", "line 5", "bare", ".csv"});
}

}  // namespace
}  // namespace isogloss

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

TEST(CsvCorpus, ReadsQuotesByRfc4180) {
  const CorpusFolder folder;
  const auto path =
      folder.write("c.csv",
                   "\xef\xbb\xbf"
                   "en,\"es\"\r\n\"a, \"\"b\"\"\",c\r\n\r\n\"two\nlines\",\r\n,d \"e\"");
  const auto corpus = read_corpus(path, every_row());
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("a, \"b\"", "c"), ElementsAre("two\nlines", ""),
                          ElementsAre("", "d \"e\"")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2", "4", "6"));
}

TEST(CsvCorpus, TakesTheHeadersFirstSeparator) {
  const CorpusFolder folder;
  for (const char* text : {"en;es\na, b;c\n", "en\tes\na, b\tc\n", "en,es\n\"a, b\",c\n"}) {
    EXPECT_THAT(texts_of(read_corpus(folder.write("c.csv", text), every_row())),
                ElementsAre(ElementsAre("a, b", "c")));
  }
}

TEST(CsvCorpus, AColumnOfNumbersNamesTheRows) {
  const CorpusFolder folder;
  const auto corpus = read_corpus(folder.write("c.csv", "id,en,es\n7,one,uno\n9,two,dos\n"), {});
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
  EXPECT_THAT(sources_of(corpus), ElementsAre("7", "9"));
  const auto indonesian = folder.write("i.csv", "id,en\nsatu,one\n");
  EXPECT_THAT(corpus_languages(indonesian), ElementsAre("id", "en"));
}

TEST(CsvCorpus, RefusesBrokenQuotes) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("o.csv", "en,es\na,b\n\"c,d\ne,f\n"), {"o.csv:3:", "never ends"});
  expect_bad_corpus(folder.write("t.csv", "en,es\n\"a\" b,c\n"),
                    {"t.csv:2:", "column 1", "follows the closing quote", "double"});
  expect_bad_corpus(folder.write("w.csv", "en,es\na,b,c\n"),
                    {"w.csv:2:", "3 columns", "in quotes"});
  using namespace std::string_view_literals;
  expect_bad_corpus(folder.write("n.csv", "en,es\n\"a\n\0\",c\n"sv), {"n.csv:2:", "byte 4 is NUL"});
}

}  // namespace
}  // namespace isogloss

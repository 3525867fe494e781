#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

TEST(TsvCorpus, ReadsTheLanguagesAskedForInTheirOrder) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", "en\tes\tde\none\tuno\teins\ntwo\tdos\tzwei\n");
  EXPECT_THAT(corpus_languages(path), ElementsAre("en", "es", "de"));
  const auto corpus = read_corpus(path, every_row({"de", "en"}));
  EXPECT_THAT(corpus.languages, ElementsAre("de", "en"));
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("eins", "one"), ElementsAre("zwei", "two")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2", "3"));
  EXPECT_THAT(samples_of(corpus), ElementsAre(0, 1));
  EXPECT_EQ(corpus.n_rows_read, 2);
  EXPECT_FALSE(corpus.rows[0].document.has_value());
}

TEST(TsvCorpus, ReadsByteOrderMarkCrlfAndALastLineWithoutEnd) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv",
                                 "\xef\xbb\xbf"
                                 "en\tes\r\none\tuno\r\n\"two\"\tdos ");
  const auto corpus = read_corpus(path, every_row());
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("one", "uno"), ElementsAre("\"two\"", "dos ")));
}

TEST(TsvCorpus, RefusesARowOfAnotherWidth) {
  const CorpusFolder folder;
  const auto narrow = folder.write("narrow.tsv", "en\tes\none\tuno\ntwo\n");
  expect_bad_corpus(narrow, {"narrow.tsv:3:", "1 columns", "header has 2"});
  const auto wide = folder.write("wide.tsv", "en\tes\none\tuno\tun\n");
  expect_bad_corpus(wide, {"wide.tsv:2:", "3 columns", "header has 2"});
}

TEST(TsvCorpus, PassesOverBlankLines) {
  const CorpusFolder folder;
  const auto corpus =
      read_corpus(folder.write("c.tsv", "en\tes\none\tuno\n\r\n\ntwo\tdos\n\n"), every_row());
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("one", "uno"), ElementsAre("two", "dos")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2", "5"));
}

TEST(TsvCorpus, RefusesInvalidUtf8NamingLineAndByte) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", "en\tes\none\tuno\nna\xefve\tx\n");
  expect_bad_corpus(path, {"c.tsv:3:", "byte 3 is not valid UTF-8", "iconv"});
  // A fault in a language that is not asked for is a fault of the file.
  const auto other = folder.write("o.tsv", "en\tes\tde\none\tuno\t\xff\n");
  expect_bad_corpus(other, {"o.tsv:2:", "byte 9 "}, every_row({"en", "es"}));
}

TEST(TsvCorpus, RefusesNul) {
  const CorpusFolder folder;
  using namespace std::string_view_literals;
  expect_bad_corpus(folder.write("c.tsv", "en\tes\no\0ne\tuno\n"sv), {"c.tsv:2:", "byte 2 is NUL"});
}

TEST(TsvCorpus, RefusesAHeaderThatIsNone) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("s.tsv", "One day.\tUn día.\n"), {"s.tsv", "One day.", "header"});
  expect_bad_corpus(folder.write("t.tsv", "en\tes\ten\na\tb\tc\n"), {"t.tsv", "'en' twice"});
  expect_bad_corpus(folder.write("o.tsv", "en\nhello\n"), {"o.tsv", "only the language 'en'"});
  expect_bad_corpus(folder.write("g.tsv", "en\t\tes\na\tb\tc\n"), {"g.tsv", "''", "header"});
  expect_bad_corpus(folder.write("e.tsv", ""), {"e.tsv", "no language", "empty"});
}

TEST(TsvCorpus, RefusesACorpusWithoutRows) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("c.tsv", "en\tes\n"), {"c.tsv", "no rows"});
}

TEST(TsvCorpus, RefusesAnUnknownLanguageNamingThoseThere) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", "en\tes\none\tuno\n");
  expect_bad_corpus(path, {"c.tsv", "no language 'fr'", "en, es"}, every_row({"en", "fr"}));
}

TEST(TsvCorpus, MissingFileIsTheEnvironments) {
  const CorpusFolder folder;
  expect_error(ErrorCode::kEnvironment, {"none.tsv", "No such file"},
               [&] { read_corpus(folder / "none.tsv", every_row()); });
}

}  // namespace
}  // namespace isogloss

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::Optional;

// The names are those of an OPUS archive, so the stem has dots and dashes of its own.
class MosesCorpus : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("Books.en-es.en", "one\ntwo\n");
    folder.write("Books.en-es.es", "uno\r\ndos");
    folder.write("Books.en-es.xml", "<cesAlign/>\n");
    folder.write("Books.en-fr.fr", "un\n");
  }
  const CorpusFolder folder;
  const std::filesystem::path stem = folder / "Books.en-es";
};

TEST_F(MosesCorpus, IsNamedByItsStem) {
  EXPECT_THAT(corpus_languages(stem), ElementsAre("en", "es"));
  const auto corpus = read_corpus(stem, every_row({"es", "en"}));
  EXPECT_THAT(corpus.languages, ElementsAre("es", "en"));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("uno", "one"), ElementsAre("dos", "two")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("1", "2"));
}

TEST_F(MosesCorpus, IsNamedByOneOfItsFiles) {
  const auto corpus = read_corpus(folder / "Books.en-es.es", every_row());
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
  EXPECT_EQ(corpus.rows.size(), 2U);
}

TEST_F(MosesCorpus, HasItsFilesInTheOrderAskedFor) {
  folder.write("Books.en-es.ids", "id\na\nb\n");
  EXPECT_THAT(corpus_files(stem, {"es", "en"}),
              ElementsAre(folder / "Books.en-es.es", folder / "Books.en-es.en",
                          folder / "Books.en-es.ids"));
  EXPECT_THAT(corpus_files(stem, {}),
              ElementsAre(folder / "Books.en-es.en", folder / "Books.en-es.es",
                          folder / "Books.en-es.ids"));
}

TEST_F(MosesCorpus, TakesDocumentsFromTheIdsThatOpusPacks) {
  folder.write("Books.en-es.ids",
               "en/Alice.xml.gz\tes/Alicia.xml.gz\ts1 s2\ts1\n"
               "en/Emma.xml.gz\tes/Emma.xml.gz\ts7\ts9\n");
  const auto corpus = read_corpus(stem, every_row());
  EXPECT_THAT(sources_of(corpus), ElementsAre("en/Alice.xml.gz:s1 s2", "en/Emma.xml.gz:s7"));
  EXPECT_THAT(corpus.rows[1].document, Optional(std::string("en/Emma.xml.gz")));
}

TEST_F(MosesCorpus, ReadsMoreThanTwoLanguages) {
  folder.write("Books.en-es.pt_br", "um\ndois\n");
  const auto corpus = read_corpus(stem, every_row());
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es", "pt_br"));
  EXPECT_THAT(corpus.rows[1].text, ElementsAre("two", "dos", "dois"));
}

TEST_F(MosesCorpus, RefusesUnequalLineCountsNamingBoth) {
  folder.write("Books.en-es.es", "uno\ndos\ntres\ncuatro\n");
  expect_bad_corpus(stem, {"Books.en-es.en has 2 lines", "Books.en-es.es has 4 lines"});
}

TEST_F(MosesCorpus, RefusesInvalidUtf8NamingTheFile) {
  folder.write("Books.en-es.es", "uno\ndo\xe9s\n");
  expect_bad_corpus(stem, {"Books.en-es.es:2:", "byte 3 "});
}

TEST_F(MosesCorpus, RefusesALanguageWithoutFile) {
  expect_bad_corpus(stem, {"no language 'fr'", "en, es"}, every_row({"en", "fr"}));
  expect_error(ErrorCode::kBadInput, {"no language 'fr'"}, [&] {
    corpus_files(stem, {"en", "fr"});
  });
}

TEST_F(MosesCorpus, RefusesOneFileAlone) {
  expect_bad_corpus(folder / "Books.en-fr", {"Books.en-fr", "only the language 'fr'"});
}

TEST_F(MosesCorpus, RefusesEmptyFiles) {
  folder.write("Books.en-es.en", "");
  folder.write("Books.en-es.es", "");
  expect_bad_corpus(stem, {"Books.en-es", "no rows"});
}

TEST_F(MosesCorpus, MissingStemIsTheEnvironments) {
  expect_error(ErrorCode::kEnvironment, {"Bocks", "no such corpus", "STEM.en"},
               [&] { read_corpus(folder / "Bocks", every_row()); });
}

}  // namespace
}  // namespace isogloss

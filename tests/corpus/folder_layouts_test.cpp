// Layouts of a file of lines for each language: FLORES, a folder for each language, the Tatoeba
// challenge.
#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

CorpusOptions of_split(std::string split) {
  auto options = every_row();
  options.split = std::move(split);
  return options;
}

class FolderLayouts : public testing::Test {
 protected:
  /// Writes a file, and the folders it lies in.
  void write(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories((folder / name).parent_path());
    folder.write(name, content);
  }
  const CorpusFolder folder;
};

TEST_F(FolderLayouts, FloresHasAFileForEachLanguage) {
  write("f/dev/eng_Latn.dev", "sea\nriver\n");
  write("f/dev/zho_Hans.dev", "海\n河\n");
  write("f/dev/README.md", "about\n");
  write("f/devtest/eng_Latn.devtest", "stone\n");
  write("f/devtest/zho_Hans.devtest", "石\n");
  for (const char* name : {"f/dev", "f/dev/", "f/dev/eng_Latn.dev"}) {
    const auto corpus = read_corpus(folder / name, every_row());
    EXPECT_THAT(corpus.languages, ElementsAre("eng_Latn", "zho_Hans")) << name;
    EXPECT_THAT(texts_of(corpus),
                ElementsAre(ElementsAre("sea", "海"), ElementsAre("river", "河")));
  }
  expect_bad_corpus(folder / "f", {"several splits", "dev, devtest"});
  EXPECT_EQ(read_corpus(folder / "f", of_split("devtest")).rows[0].text[1], "石");
  EXPECT_THAT(corpus_files(folder / "f", {"zho_Hans", "eng_Latn"}, "dev"),
              ElementsAre(folder / "f/dev/zho_Hans.dev", folder / "f/dev/eng_Latn.dev"));
  write("f/dev/zho_Hans.dev", "海\n");
  expect_bad_corpus(folder / "f/dev", {"eng_Latn.dev has 2 lines", "zho_Hans.dev has 1 lines"});
}

TEST_F(FolderLayouts, AFolderForEachLanguageHasDocuments) {
  write("d/en/b.txt", "stone\n");
  write("d/en/a.txt", "sea\nriver\n");
  write("d/es/a.txt", "mar\nrío\n");
  write("d/es/b.txt", "piedra\n");
  write("d/fr/a.txt", "mer\nfleuve\n");
  const auto corpus = read_corpus(folder / "d", every_row({"es", "en"}));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("mar", "sea"), ElementsAre("río", "river"),
                                            ElementsAre("piedra", "stone")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("a.txt:1", "a.txt:2", "b.txt:1"));
  EXPECT_THAT(corpus.rows[2].document, Optional(std::string("b.txt")));
  EXPECT_THAT(corpus_files(folder / "d", {"fr", "en"}),
              ElementsAre(folder / "d/fr/a.txt", folder / "d/en/a.txt", folder / "d/en/b.txt"));
  expect_bad_corpus(folder / "d", {"has no b.txt in fr"});
}

TEST_F(FolderLayouts, ADocumentsNameMustBeText) {
  for (const char* language : {"en", "es"}) {
    write(std::string("d/") + language + "/Jos\xe9", "A\n");
    write(std::string("p/Jos\xe9.") + language + ".po", "msgid \"a\"\nmsgstr \"A\"\n");
  }
  expect_bad_corpus(folder / "d", {"not UTF-8", "rename"});
  expect_bad_corpus(folder / "p", {"not UTF-8", "rename"});
}

TEST_F(FolderLayouts, TheChallengesIdFileHoldsLabels) {
  write("t/train.src", "sea\nriver\n");
  write("t/train.trg", "mar\nrío\n");
  write("t/train.id", "OpenSubtitles-v2018\teng\tspa\nWiki-v1\teng\tspa_Latn\n");
  write("t/test.src", "stone\n");
  write("t/test.trg", "piedra\n");
  write("t/test.id", "eng\tspa\n");
  for (const char* name : {"t", "t/train", "t/train.src"}) {
    const auto corpus = read_corpus(folder / name, every_row());
    EXPECT_THAT(corpus.languages, ElementsAre("src", "trg"));
    EXPECT_THAT(texts_of(corpus),
                ElementsAre(ElementsAre("sea", "mar"), ElementsAre("river", "río")));
    EXPECT_THAT(corpus.rows[1].document, Optional(std::string("Wiki-v1")));
    EXPECT_THAT(sources_of(corpus), ElementsAre("1", "2"));
    EXPECT_THAT(corpus.notes.back(), HasSubstr("src and trg are eng-spa, eng-spa_Latn"));
  }
  EXPECT_THAT(corpus_files(folder / "t/train", {}),
              ElementsAre(folder / "t/train.src", folder / "t/train.trg", folder / "t/train.id"));
  EXPECT_FALSE(read_corpus(folder / "t/test", every_row()).rows[0].document.has_value());
  EXPECT_THAT(read_corpus(folder / "t", every_row()).notes.front(),
              HasSubstr("split train of test"));
  write("t/train.id", "eng\tspa\n");
  expect_bad_corpus(folder / "t/train", {"train.id", "names 1 rows", "has 2"});
}

TEST_F(FolderLayouts, IndonesianIsALanguageOtherwise) {
  write("train.en", "sea\n");
  write("train.id", "laut\n");
  EXPECT_THAT(read_corpus(folder / "train", every_row()).languages, ElementsAre("en", "id"));
}

TEST_F(FolderLayouts, AFolderIsNotTheStemOfAnArchive) {
  write("deu-eng.tar", "");
  write("deu-eng/c.deu", "Meer\n");
  write("deu-eng/c.eng", "sea\n");
  EXPECT_THAT(read_corpus(folder / "deu-eng", every_row()).languages, ElementsAre("deu", "eng"));
}

TEST_F(FolderLayouts, TheCorporaOfAFolderAreChosenByName) {
  write("o/Books.en-es.en", "sea\n");
  write("o/Books.en-es.es", "mar\n");
  EXPECT_EQ(read_corpus(folder / "o", every_row()).rows[0].text[1], "mar");
  write("o/opus.en-es-train.en", "river\n");
  write("o/opus.en-es-train.es", "río\n");
  EXPECT_EQ(read_corpus(folder / "o", every_row()).rows[0].text[1], "río");
  EXPECT_EQ(read_corpus(folder / "o", of_split("Books.en-es")).rows[0].text[1], "mar");
}

TEST_F(FolderLayouts, OpusCodesAreLanguages) {
  write("GNOME.en-sr@latin.en", "sea\n");
  write("GNOME.en-sr@latin.sr@latin", "more\n");
  write("GNOME.en-sr@latin.ids", "en/a.xml.gz\tsr@latin/a.xml.gz\t1\t1\n");
  EXPECT_THAT(read_corpus(folder / "GNOME.en-sr@latin", every_row()).languages,
              ElementsAre("en", "sr@latin"));
  for (const char* code : {"es-419", "zh-Hans", "pt_BR", "spa_Latn", "ca@valencia", "sr-Latn-RS"}) {
    const auto tsv = folder.write("c.tsv", std::string("en\t") + code + "\na\tb\n");
    EXPECT_THAT(corpus_languages(tsv), ElementsAre("en", code));
  }
  expect_bad_corpus(folder.write("c.tsv", "en\tes#1\na\tb\n"), {"'es#1'", "language code"});
}

}  // namespace
}  // namespace isogloss

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSentences =
    "1\teng\tThe sea is \"wide\".\n2\tspa\tEl mar es ancho.\n3\tfra\tLa mer est large.\n"
    "4\teng\tA stone.\n10\tspa\tUna piedra.\n9\tspa\tUna roca.\n11\t\\N\tunknown\n"
    "5\teng\tA river.\n6\tfra\tUn fleuve.\n";
constexpr std::string_view kLinks =
    "1\t2\n2\t1\n1\t3\n3\t1\n4\t10\n4\t9\n10\t4\n9\t4\n4\t11\n5\t6\n6\t5\n7\t8\n";

TEST(TatoebaCorpus, JoinsSentencesByTheirLinks) {
  const CorpusFolder folder;
  folder.write("sentences.csv", kSentences);
  folder.write("links.csv", kLinks);
  EXPECT_THAT(corpus_languages(folder.path()), ElementsAre("eng", "spa", "fra"));
  const auto pairs = read_corpus(folder.path(), every_row({"eng", "spa"}));
  EXPECT_THAT(texts_of(pairs), ElementsAre(ElementsAre("The sea is \"wide\".", "El mar es ancho."),
                                           ElementsAre("A stone.", "Una roca.")));
  EXPECT_THAT(sources_of(pairs), ElementsAre("1", "4"));
  EXPECT_THAT(pairs.notes, ElementsAre(HasSubstr("1 of 3 sentences in eng are left out")));
  EXPECT_THAT(texts_of(read_corpus(folder.path(), every_row({"fra", "eng"}))),
              ElementsAre(ElementsAre("La mer est large.", "The sea is \"wide\"."),
                          ElementsAre("Un fleuve.", "A river.")));
  EXPECT_THAT(
      texts_of(read_corpus(folder.path(), every_row())),
      ElementsAre(ElementsAre("The sea is \"wide\".", "El mar es ancho.", "La mer est large.")));
  expect_bad_corpus(folder.path(), {"every one of the 2 languages", "--languages"},
                    every_row({"spa", "fra"}));
}

TEST(TatoebaCorpus, ReadsTheFilesOfSingleLanguages) {
  const CorpusFolder folder;
  folder.write("eng_sentences.tsv", "1\teng\tsea\n");
  folder.write("spa_sentences.tsv", "2\tspa\tmar\n");
  folder.write("eng-spa_links.tsv", "1\t2\n");
  EXPECT_THAT(texts_of(read_corpus(folder.path(), every_row())),
              ElementsAre(ElementsAre("sea", "mar")));
  folder.write("eng-spa_links.tsv", "1\n");
  expect_bad_corpus(folder.path(), {"eng-spa_links.tsv:1:", "1 columns"});
}

TEST(TatoebaCorpus, ReadsPairs) {
  const CorpusFolder folder;
  const auto path = folder.write("Sentence pairs in English-Spanish - 2024-05-01.tsv",
                                 "\xef\xbb\xbf"
                                 "1276\tLet's try.\t2481\tIntentémoslo.\r\n"
                                 "1276\t\"Let's try.\t90\t¡Intentemos!\r\n");
  const auto corpus = read_corpus(path, every_row({"trg", "src"}));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("Intentémoslo.", "Let's try."),
                                            ElementsAre("¡Intentemos!", "\"Let's try.")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("1276-2481", "1276-90"));
  EXPECT_THAT(corpus.notes, ElementsAre(HasSubstr("src and trg")));
  expect_bad_corpus(folder.write("p.tsv", "1\ta\t2\tb\n3\tc\n"), {"p.tsv:2:", "2 columns"});
}

}  // namespace
}  // namespace isogloss

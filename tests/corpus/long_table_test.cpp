// Tables with a row for each language and sentence, joined on a key.
#include "tests/corpus/corpus_files.h"
#include "tests/corpus/parquet_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LongTables, JoinTheRowsOfAKey) {
  const CorpusFolder folder;
  const auto path =
      folder.write("flores_plus.jsonl",
                   R"({"id": 0, "iso_639_3": "eng", "iso_15924": "Latn", "text": "sea", "url": ""}
{"id": 1, "iso_639_3": "eng", "iso_15924": "Latn", "text": "river", "url": ""}
{"id": 1, "iso_639_3": "zho", "iso_15924": "Hans", "text": "河", "url": ""}
{"id": 0, "iso_639_3": "zho", "iso_15924": "Hans", "text": "海", "url": ""}
{"id": 2, "iso_639_3": "zho", "iso_15924": "Hant", "text": "石", "url": ""})");
  EXPECT_THAT(corpus_languages(path), ElementsAre("eng_Latn", "zho_Hans", "zho_Hant"));
  const auto corpus = read_corpus(path, every_row({"zho_Hans", "eng_Latn"}));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("海", "sea"), ElementsAre("河", "river")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("0", "1"));
  EXPECT_THAT(corpus.notes, IsEmpty());
  expect_bad_corpus(path, {"every one of the 2 languages"}, every_row({"zho_Hans", "zho_Hant"}));
}

TEST(LongTables, MayBeTsvCsvAndParquet) {
  const CorpusFolder folder;
  const auto parquet =
      write_parquet(folder / "c.parquet", {"key", "lang", "sentence"},
                    {texts({"a", "b", "a", "c", "b"}), texts({"en", "en", "es", "es", "es"}),
                     texts({"sea", "river", "mar", "piedra", "río"})});
  const auto tsv = folder.write("c.tsv",
                                "lang\tsentence\tkey\nen\tsea\ta\nen\triver\tb\nes\tmar\ta\n"
                                "es\tpiedra\tc\nes\trío\tb\n");
  const auto csv = folder.write("c.csv",
                                "sentence,key,lang\nsea,a,en\n\"river\",b,en\nmar,a,es\n"
                                "piedra,c,es\nrío,b,es\n");
  for (const auto& path : {parquet, tsv, csv}) {
    const auto corpus = read_corpus(path, every_row());
    EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
    EXPECT_THAT(texts_of(corpus),
                ElementsAre(ElementsAre("sea", "mar"), ElementsAre("river", "río")));
    EXPECT_THAT(sources_of(corpus), ElementsAre("a", "b"));
    EXPECT_THAT(corpus.notes, ElementsAre(HasSubstr("1 of 3 rows are left out")));
  }
}

TEST(LongTables, MayBeAFolderWithAFileForEachLanguage) {
  const CorpusFolder folder;
  std::filesystem::create_directory(folder / "dev");
  for (const char* code : {"eng", "spa"}) {
    write_parquet(folder / "dev" / (std::string(code) + "_Latn.parquet"),
                  {"id", "iso_639_3", "iso_15924", "text"},
                  {texts({"0", "1"}), texts({code, code}), texts({"Latn", "Latn"}),
                   texts({std::string(code) + " 0", std::string(code) + " 1"})});
  }
  const auto corpus = read_corpus(folder / "dev", every_row());
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("eng 0", "spa 0"), ElementsAre("eng 1", "spa 1")));
}

TEST(LongTables, MayBeCalledAfterTheirLanguages) {
  const CorpusFolder folder;
  for (const char* name : {"tsv", "csv", "jsonl"}) std::filesystem::create_directory(folder / name);
  folder.write("tsv/en.tsv", "id\ttext\n1\tsea\n2\triver\n");
  folder.write("tsv/pt_BR.tsv", "id\ttext\n2\trio\n1\tmar\n");
  folder.write("csv/en.csv", "key,sentence\n1,sea\n2,river\n");
  folder.write("csv/pt_BR.csv", "sentence,key\nmar,1\nrio,2\n");
  folder.write("jsonl/en.jsonl", R"({"id": 1, "text": "sea"}
{"id": 2, "text": "river"})");
  folder.write("jsonl/pt_BR.jsonl", R"({"id": 2, "text": "rio"}
{"id": 1, "text": "mar"})");
  for (const char* name : {"tsv", "csv", "jsonl"}) {
    const auto corpus = read_corpus(folder / name, every_row());
    EXPECT_THAT(corpus.languages, ElementsAre("en", "pt_BR"));
    EXPECT_THAT(texts_of(corpus),
                ElementsAre(ElementsAre("sea", "mar"), ElementsAre("river", "rio")));
  }
  folder.write("tsv/pt_BR.tsv", "id\tphrase\n2\trio\n");
  expect_bad_corpus(folder / "tsv", {"pt_BR.tsv", "no column text"});
  folder.write("csv/en.csv", "en,es\nsea,mar\n");
  expect_bad_corpus(folder / "csv", {"en.csv", "called after a language", "id and text"});
}

TEST(LongTables, RefuseKeysThatAreNone) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("k.tsv", "lang\ttext\nen\tsea\nes\tmar\n"),
                    {"k.tsv", "no column id, key, sentence_id"});
  expect_bad_corpus(folder.write("t.tsv", "id\tlang\ttext\n1\ten\tsea\n1\tes\tmar\n1\ten\tlake\n"),
                    {"t.tsv:4:", "id 1", "text in en already"});
  expect_bad_corpus(folder.write("n.jsonl", R"({"id": 1, "lang": "en", "text": "sea"}
{"lang": "es", "text": "mar"})"),
                    {"n.jsonl:2:", "has no id"});
  expect_bad_corpus(folder.write("l.tsv", "id\tlang\ttext\n1\ten\tsea\n1\t\tmar\n"),
                    {"l.tsv", "''", "language code"});
}

}  // namespace
}  // namespace isogloss

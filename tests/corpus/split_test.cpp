// A folder as the Hugging Face hub has it: the splits of a data set side by side.
#include "isogloss/corpus/splits.h"
#include "tests/corpus/corpus_files.h"
#include "tests/corpus/parquet_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void write_hub_folder(const CorpusFolder& folder) {
  write_pairs(folder / "test-00000-of-00001.parquet", "test", 8);
  write_pairs(folder / "train-00000-of-00001.parquet", "train", 56);
  write_pairs(folder / "validation-00000-of-00001.parquet", "valid", 8);
}

CorpusOptions of_split(std::string split) {
  auto options = every_row();
  options.split = std::move(split);
  return options;
}

// datasets.load_dataset("parquet", data_dir=…, split="train").shuffle(42) begins 28, 51, 18.
TEST(CorpusSplits, ADrawIsHuggingFacesDrawOfTrain) {
  const CorpusFolder folder;
  write_hub_folder(folder);
  const auto corpus =
      read_corpus(folder.path(), {.languages = {}, .n_samples = 3, .seed = 42, .clean = false});
  EXPECT_EQ(corpus.n_rows_read, 56);
  EXPECT_EQ(corpus.split, "train");
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("en train 28", "es train 28"),
                                            ElementsAre("en train 51", "es train 51"),
                                            ElementsAre("en train 18", "es train 18")));
  EXPECT_THAT(corpus.notes,
              ElementsAre(HasSubstr("reads the split train of test, train, validation")));
}

TEST(CorpusSplits, AnotherIsReadIfAskedFor) {
  const CorpusFolder folder;
  write_hub_folder(folder);
  const auto corpus = read_corpus(folder.path(), of_split("validation"));
  EXPECT_EQ(corpus.rows.size(), 8U);
  EXPECT_EQ(corpus.rows[0].text[0], "en valid 0");
  EXPECT_THAT(corpus_files(folder.path(), {}, "validation"),
              ElementsAre(folder / "validation-00000-of-00001.parquet"));
  expect_bad_corpus(folder.path(), {"no split 'dev'", "--split", "test, train, validation"},
                    of_split("dev"));
  expect_bad_corpus(folder / "test-00000-of-00001.parquet", {"not divided", "--split"},
                    of_split("test"));
}

TEST(CorpusSplits, TheOnlyOneIsReadWithoutANote) {
  const CorpusFolder folder;
  write_pairs(folder / "test-00001-of-00002.parquet", "b", 1);
  write_pairs(folder / "test-00000-of-00002.parquet", "a", 1);
  const auto corpus = read_corpus(folder.path(), every_row());
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("en a 0", "es a 0"), ElementsAre("en b 0", "es b 0")));
  EXPECT_THAT(corpus.notes, IsEmpty());
}

TEST(CorpusSplits, AreNotGuessedAt) {
  const CorpusFolder folder;
  write_pairs(folder / "test.parquet", "a", 1);
  write_pairs(folder / "dev.parquet", "b", 1);
  expect_bad_corpus(folder.path(), {"several splits", "--split", "test, validation"});
  write_pairs(folder / "train.parquet", "c", 1);
  EXPECT_EQ(read_corpus(folder.path(), every_row()).rows.size(), 1U);
  write_pairs(folder / "more.parquet", "d", 1);
  expect_bad_corpus(folder.path(), {"several splits", "files of no split, test, train"});
}

TEST(CorpusSplits, RefuseToLackAShard) {
  const CorpusFolder folder;
  write_pairs(folder / "train-00000-of-00003.parquet", "a", 1);
  write_pairs(folder / "train-00002-of-00003.parquet", "a", 1);
  expect_bad_corpus(folder.path(), {"lacks train-00001-of-00003"});
}

TEST(CorpusSplits, AreFoundInFoldersToo) {
  const CorpusFolder folder;
  for (const char* name : {"train", "test", "data"}) {
    std::filesystem::create_directory(folder / name);
  }
  write_pairs(folder / "train/0000.parquet", "train", 2);
  write_pairs(folder / "test/0000.parquet", "test", 1);
  EXPECT_EQ(read_corpus(folder.path(), every_row()).rows.size(), 2U);
  write_pairs(folder / "data/train-00000-of-00001.parquet", "data", 3);
  EXPECT_EQ(read_corpus(folder.path(), every_row()).rows.size(), 3U);
}

TEST(CorpusSplits, OfConfigurationsAreNamedByFolder) {
  const CorpusFolder folder;
  for (const char* name : {"en-es", "en-fr", "docs"}) {
    std::filesystem::create_directory(folder / name);
  }
  write_pairs(folder / "en-es/train-00000-of-00001.parquet", "a", 1);
  write_pairs(folder / "en-fr/train-00000-of-00001.parquet", "b", 1);
  expect_bad_corpus(folder.path(), {"several corpora", "name one of them: en-es, en-fr"});
}

TEST(CorpusSplits, MayBeTables) {
  const CorpusFolder folder;
  for (const char* name : {"c", "j"}) std::filesystem::create_directory(folder / name);
  folder.write("c/train-00000-of-00002.csv", "en,es\na,b\n");
  folder.write("c/train-00001-of-00002.csv", "es,en\nd,c\n");
  folder.write("c/test.csv", "en,es\ne,f\n");
  EXPECT_THAT(texts_of(read_corpus(folder / "c", every_row())),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  folder.write("j/dev.jsonl", R"({"en": "a", "es": "b"})");
  EXPECT_EQ(read_corpus(folder / "j", every_row()).rows.size(), 1U);
  folder.write("j/notes.jsonl", R"({"en": "a", "es": "b"})");
  expect_bad_corpus(folder / "j", {"not a corpus"});
}

TEST(CorpusSplits, AreNamedByFiles) {
  EXPECT_EQ(split_of("train-00000-of-00001.parquet"), "train");
  EXPECT_EQ(split_of("train_sft-00000-of-00012-0123456789abcdef.parquet"), "train_sft");
  EXPECT_EQ(split_of("train-00000-of-00001.jsonl.gz"), "train");
  EXPECT_EQ(split_of("opus-dev.parquet"), "validation");
  EXPECT_EQ(split_of("eval_2.parquet"), "test");
  EXPECT_EQ(split_of("contest.parquet"), "");
  EXPECT_EQ(split_of("train-test.parquet"), "");
  EXPECT_EQ(split_of("part-0.parquet"), "");
}

}  // namespace
}  // namespace isogloss

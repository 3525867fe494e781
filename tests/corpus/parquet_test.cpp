#include "tests/corpus/corpus_files.h"
#include "tests/corpus/parquet_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

// Files written by Hugging Face datasets and by pyarrow, tools/corpora/make_test_parquet.py.
const std::filesystem::path kData = ISOGLOSS_SOURCE_DIR "/tests/corpus/data";

TEST(ParquetCorpus, ReadsWhatHuggingFaceDatasetsWrites) {
  const auto path = kData / "opus_books.parquet";
  EXPECT_THAT(corpus_languages(path), ElementsAre("en", "es"));
  const auto corpus = read_corpus(path, every_row({"es", "en"}));
  EXPECT_THAT(sources_of(corpus), ElementsAre("10", "11", "12"));
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("Llamadme Ismael.", "Call me Ishmael."),
                          ElementsAre("Era una noche oscura.", "It was a dark night."),
                          ElementsAre("Ella abrió la puerta.", "She opened the door.")));
}

TEST(ParquetCorpus, ReadsLargeStringsIntegerIdsNullsAndRowGroups) {
  const auto corpus = read_corpus(kData / "large_strings.parquet", every_row({"en", "es"}));
  EXPECT_THAT(sources_of(corpus), ElementsAre("7", "2", "9", "10"));
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("Call me Ishmael.", "Llamadme Ismael."),
                          ElementsAre("It was a dark night.", "Era una noche oscura."),
                          ElementsAre("Alone.", ""), ElementsAre("", "")));
}

TEST(ParquetCorpus, ReadsAFolderOfShardsByName) {
  const CorpusFolder folder;
  std::filesystem::copy_file(kData / "opus_books.parquet", folder / "train-00001.parquet");
  std::filesystem::copy_file(kData / "large_strings.parquet", folder / "train-00000.parquet");
  const auto corpus = read_corpus(folder.path(), every_row({"en", "es"}));
  EXPECT_THAT(sources_of(corpus), ElementsAre("7", "2", "9", "10", "10", "11", "12"));
  EXPECT_EQ(corpus.rows[4].text[0], "Call me Ishmael.");
  EXPECT_THAT(corpus_files(folder.path(), {}),
              ElementsAre(folder / "train-00000.parquet", folder / "train-00001.parquet"));
}

TEST(ParquetCorpus, RefusesAFolderWithoutShards) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.path(), {folder.path().string(), "not a corpus"});
}

TEST(ParquetCorpus, RefusesTruncatedAndForeignFiles) {
  const CorpusFolder folder;
  std::ifstream file(kData / "opus_books.parquet", std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(file), {});
  ASSERT_GT(whole.size(), 400U);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 1}) {
    expect_bad_corpus(folder.write("cut.parquet", whole.substr(0, size)),
                      {"cut.parquet", "damaged"});
  }
  expect_bad_corpus(folder.write("text.parquet", "en\tes\none\tuno\n"),
                    {"text.parquet", "damaged"});
}

TEST(ParquetCorpus, MissingFileIsTheEnvironments) {
  const CorpusFolder folder;
  expect_error(ErrorCode::kEnvironment, {"none.parquet"},
               [&] { read_corpus(folder / "none.parquet", every_row()); });
}

/// Writes one row, of one column named `column`.
std::filesystem::path write_column(const CorpusFolder& folder, const std::string& column,
                                   const std::shared_ptr<arrow::Array>& values) {
  return write_parquet(folder / (column + ".parquet"), {column}, {values});
}

TEST(ParquetCorpus, RefusesOtherSchemas) {
  const CorpusFolder folder;
  const auto number = arrow::MakeArrayFromScalar(arrow::Int32Scalar(1), 1).ValueOrDie();
  expect_bad_corpus(write_column(folder, "en", texts({"a"})),
                    {"en.parquet", "needs \"translation\"", "has en"});
  expect_bad_corpus(write_column(folder, "translation", texts({"a"})),
                    {"translation.parquet", "needs \"translation\"", "has translation"});
  expect_bad_corpus(
      write_column(folder, "translation", struct_of({"en", "es"}, {texts({"a"}), number})),
      {"translation.parquet", "translation.es is int32"});
  expect_bad_corpus(write_column(folder, "translation", struct_of({"en"}, {texts({"a"})})),
                    {"translation.parquet", "only the language 'en'"});
  expect_bad_corpus(
      write_column(folder, "translation", struct_of({"en", "es"}, {texts({"a"}), texts({"b"})})),
      {"no language 'de'", "en, es"}, every_row({"en", "de"}));
}

TEST(ParquetCorpus, ReadsEveryArrowTypeOfText) {
  const CorpusFolder folder;
  arrow::StringViewBuilder views;  // as polars and DataFusion write them
  for (const char* text : {"a1", "a text that is longer than a view"}) {
    ASSERT_TRUE(views.Append(text).ok());
  }
  const auto en = views.Finish().ValueOrDie();
  arrow::StringDictionaryBuilder words;  // as pandas' categories
  ASSERT_TRUE(words.Append("b").ok() && words.Append("b").ok());
  const auto es = words.Finish().ValueOrDie();
  for (const auto& path : {write_parquet(folder / "t.parquet", {"id", "translation"},
                                         {en, struct_of({"en", "es"}, {en, es})}),
                           write_parquet(folder / "c.parquet", {"id", "en", "es"}, {en, en, es})}) {
    const auto corpus = read_corpus(path, every_row());
    EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
    EXPECT_THAT(
        texts_of(corpus),
        ElementsAre(ElementsAre("a1", "b"), ElementsAre("a text that is longer than a view", "b")));
    EXPECT_EQ(corpus.rows[0].source, "a1");
  }
}

TEST(ParquetCorpus, RefusesTextsThatGrowAsNoneDo) {
  const CorpusFolder folder;
  // One text of 64 KiB in each of 2,000 rows.
  const std::string text(1 << 16, 'a');
  arrow::Int32Builder rows;
  ASSERT_TRUE(rows.AppendEmptyValues(2000).ok());
  const auto same = arrow::DictionaryArray::FromArrays(rows.Finish().ValueOrDie(), texts({text}));
  const auto column = same.ValueOrDie();
  const auto path = write_parquet(folder / "c.parquet", {"en", "es"}, {column, column});
  ASSERT_LT(std::filesystem::file_size(path), 1 << 20);
  expect_bad_corpus(path, {"c.parquet: its texts are more than 200 times its size"});
}

TEST(ParquetCorpus, RefusesBytesThatAreNoText) {
  const CorpusFolder folder;
  const auto path = write_column(folder, "translation",
                                 struct_of({"en", "es"}, {texts({"a"}), texts({"b\xc3("})}));
  expect_bad_corpus(path,
                    {"translation.parquet", "row 1", "translation.es", "byte 2 is not valid"});
}

}  // namespace
}  // namespace isogloss

#include "isogloss/corpus/corpus.h"

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::Optional;

/// Seven rows; from 0: 4 repeats 1, 5 is empty in Spanish.
constexpr std::string_view kSevenRows =
    "en\tes\nzero\tcero\none\tuno\ntwo\tdos\nthree\ttres\none\tuno\nfive\t \nsix\tseis\n";

// numpy.random.default_rng(42).permutation(7) is 3 2 6 4 1 5 0, so "one" is met first as row 4.
TEST(ReadCorpus, DrawsFirstAndThenCleansWithoutRenumbering) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", kSevenRows);
  const auto corpus = read_corpus(path, {.languages = {}, .n_samples = 7, .seed = 42});
  EXPECT_THAT(samples_of(corpus), ElementsAre(0, 1, 2, 3, 6));
  EXPECT_THAT(sources_of(corpus), ElementsAre("5", "4", "8", "6", "2"));
  EXPECT_EQ(corpus.n_rows_read, 7);
  EXPECT_EQ(corpus.dropped.empty, 1);
  EXPECT_EQ(corpus.dropped.duplicate, 1);
}

TEST(ReadCorpus, DrawsWithoutCleaning) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", kSevenRows);
  const auto corpus =
      read_corpus(path, {.languages = {"es", "en"}, .n_samples = 4, .seed = 42, .clean = false});
  EXPECT_THAT(samples_of(corpus), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(sources_of(corpus), ElementsAre("5", "4", "8", "6"));
}

TEST(ReadCorpus, KeepsFileOrderWithoutADraw) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", kSevenRows);
  const auto cleaned = read_corpus(path, {.languages = {}, .n_samples = {}});
  EXPECT_THAT(samples_of(cleaned), ElementsAre(0, 1, 2, 3, 6));
  EXPECT_THAT(sources_of(cleaned), ElementsAre("2", "3", "4", "5", "8"));
  EXPECT_EQ(cleaned.n_rows_read, 7);
  EXPECT_EQ(read_corpus(path, every_row()).rows.size(), 7U);
}

TEST(ReadCorpus, RefusesMoreSamplesThanRows) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", kSevenRows);
  expect_error(ErrorCode::kUsage, {"c.tsv", "8 samples from 7 rows"},
               [&] { read_corpus(path, {.languages = {}, .n_samples = 8}); });
}

TEST(ReadCorpus, RefusesLanguagesNamedLikeWordsOfTheResults) {
  const CorpusFolder folder;
  for (const std::string word : {"global", "sample", "source", "share", "share_en"}) {
    const auto path = folder.write("c.tsv", "en\t" + word + "\tes\nsea\tb.txt:1\tmar\n");
    expect_error(ErrorCode::kBadInput, {"c.tsv", "'" + word + "'", "--languages"},
                 [&] { read_corpus(path, every_row()); });
    expect_error(ErrorCode::kUsage, {"c.tsv", "'" + word + "'", "another name"}, [&] {
      read_corpus(path, every_row({"en", word}));
    });
    EXPECT_EQ(read_corpus(path, every_row({"en", "es"})).rows.size(), 1U);
  }
}

TEST(ReadCorpus, RefusesOptionsNoCorpusCanMeet) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", kSevenRows);
  expect_error(ErrorCode::kUsage, {"only the language 'en'"},
               [&] { read_corpus(path, every_row({"en"})); });
  expect_error(ErrorCode::kUsage, {"'es' is asked for twice"}, [&] {
    read_corpus(path, every_row({"es", "en", "es"}));
  });
  for (const std::int64_t n_samples : {std::int64_t{0}, std::int64_t{-3}, std::int64_t{1} << 31}) {
    expect_error(ErrorCode::kUsage, {"cannot draw", std::to_string(n_samples)},
                 [&] { read_corpus(path, {.languages = {}, .n_samples = n_samples}); });
  }
}

TEST(ReadCorpus, SaysWhatCleaningTookWhenNothingIsLeft) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", "en\tes\na\ta\nb\t\n");
  expect_bad_corpus(path, {"c.tsv", "none of 2 rows", "1 empty", "1 identical", "--no-clean"},
                    {.languages = {}, .n_samples = {}});
}

TEST(ReadCorpus, RefusesFilesOfUnknownKinds) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("c.txt", "hello\n"), {"c.txt", ".tsv", ".parquet", "Moses"});
  expect_bad_corpus(folder.write("plain", "hello\n"), {"plain", ".tsv"});
}

TEST(ReadCorpus, NamesRowsByTheSidecar) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", "en\tes\none\tuno\ntwo\tdos\n");
  folder.write("c.ids", "id\tdocument\r\nfirst | a\tbook\r\nsecond\t\r\n");
  const auto corpus = read_corpus(path, every_row());
  EXPECT_THAT(sources_of(corpus), ElementsAre("first | a", "second"));
  EXPECT_THAT(corpus.rows[0].document, Optional(std::string("book")));
  EXPECT_FALSE(corpus.rows[1].document.has_value());
  EXPECT_THAT(corpus_files(path, {}), ElementsAre(path, folder / "c.ids"));
}

TEST(ReadCorpus, NamesDrawnRowsByTheSidecar) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", kSevenRows);
  folder.write("c.ids", "id\nr0\nr1\nr2\nr3\nr4\nr5\nr6\n");
  const auto corpus =
      read_corpus(path, {.languages = {}, .n_samples = 3, .seed = 42, .clean = false});
  EXPECT_THAT(sources_of(corpus), ElementsAre("r3", "r2", "r6"));
}

TEST(ReadCorpus, RefusesASidecarThatDoesNotFit) {
  const CorpusFolder folder;
  const auto path = folder.write("c.tsv", "en\tes\none\tuno\ntwo\tdos\n");
  folder.write("c.ids", "id\na\n");
  expect_bad_corpus(path, {"c.ids", "names 1 rows", "corpus has 2"});
  folder.write("c.ids", "id\na\nb\nc\n");
  expect_bad_corpus(path, {"c.ids", "names 3 rows", "corpus has 2"});
  folder.write("c.ids", "a\nb\n");
  expect_bad_corpus(path, {"c.ids:1:", "header 'id'"});
  folder.write("c.ids", "id\tdocument\na\tb\nc\n");
  expect_bad_corpus(path, {"c.ids:3:", "1 columns instead of 2"});
  folder.write("c.ids", "");
  expect_bad_corpus(path, {"c.ids", "header 'id'"});
  folder.write("c.ids", "id\na\n\xff\n");
  expect_bad_corpus(path, {"c.ids:3:", "not valid UTF-8"});
}

}  // namespace
}  // namespace isogloss

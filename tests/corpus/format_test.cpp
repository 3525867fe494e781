// What holds of every row of formats.inc.
#include "isogloss/corpus/format.h"

#include <algorithm>
#include <map>

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

/// A small corpus of every format, by the format's name; the path that a user would name.
std::map<std::string_view, std::filesystem::path> write_examples(const CorpusFolder& folder) {
  const std::filesystem::path data = ISOGLOSS_SOURCE_DIR "/tests/corpus/data";
  std::filesystem::create_directory(folder / "shards");
  std::filesystem::copy_file(data / "opus_books.parquet", folder / "shards/train.parquet");
  std::filesystem::create_directories(folder / "dev");
  folder.write("dev/en.dev", "sea\nriver\n");
  folder.write("dev/es.dev", "mar\nrío\n");
  for (const char* language : {"en", "es"}) {
    std::filesystem::create_directories(folder / "documents" / language);
    folder.write(std::string("documents/") + language + "/a.txt", "sea\nriver\n");
  }
  std::filesystem::create_directories(folder / "tatoeba");
  folder.write("tatoeba/sentences.csv", "1\ten\tsea\n2\tes\tmar\n");
  folder.write("tatoeba/links.csv", "1\t2\n");
  folder.write("books.en", "sea\nriver\n");
  folder.write("books.es", "mar\nrío\n");
  return {
      {"TSV", folder.write("c.tsv", "en\tes\nsea\tmar\nriver\trío\n")},
      {"CSV", folder.write("c.csv", "en,es\nsea,mar\nriver,río\n")},
      {"JSONL", folder.write("c.jsonl", R"({"translation": {"en": "sea", "es": "mar"}})")},
      {"Moses", folder / "books"},
      {"Parquet", folder / "shards"},
      {"TMX", folder.write("c.tmx",
                           "<tmx><body><tu><tuv xml:lang='en'><seg>sea</seg></tuv>"
                           "<tuv xml:lang='es'><seg>mar</seg></tuv></tu></body></tmx>")},
      {"gettext", folder.write("es.po", "msgid \"sea\"\nmsgstr \"mar\"\n")},
      {"Tatoeba", folder / "tatoeba"},
      {"FLORES", folder / "dev"},
      {"Documents", folder / "documents"},
  };
}

/// The formats that take `path` for theirs, by what each declares, whatever their order.
std::vector<std::string_view> claimants(const std::filesystem::path& path) {
  std::vector<std::string_view> names;
  for (const auto* format : corpus_formats()) {
    const bool by_extension =
        std::ranges::find(format->extensions, path.extension()) != format->extensions.end();
    const bool by_files = format->find_files != nullptr && !format->find_files(path).empty();
    if (by_extension || by_files) names.push_back(format->name);
  }
  return names;
}

TEST(CorpusFormats, KnowTheirOwnFilesAndNoOthers) {
  const CorpusFolder folder;
  const auto examples = write_examples(folder);
  EXPECT_EQ(examples.size(), corpus_formats().size());
  for (const auto* format : corpus_formats()) {
    ASSERT_TRUE(examples.contains(format->name)) << "add an example of " << format->name;
    const auto& path = examples.at(format->name);
    EXPECT_THAT(claimants(path), testing::ElementsAre(format->name));
    EXPECT_EQ(locate_corpus(path).format, format);
    EXPECT_TRUE(is_corpus(path));
  }
  std::filesystem::create_directory(folder / "empty");
  EXPECT_FALSE(is_corpus(folder / "empty"));
  EXPECT_FALSE(is_corpus(folder.write("c.gguf", "")));
}

TEST(CorpusFormats, HaveFilesToReadAndToHash) {
  const CorpusFolder folder;
  for (const auto& [name, path] : write_examples(folder)) {
    EXPECT_THAT(corpus_languages(path), testing::ElementsAre("en", "es")) << name;
    EXPECT_GE(read_corpus(path, every_row()).rows.size(), 1U) << name;
    const auto files = corpus_files(path, {});
    EXPECT_FALSE(files.empty()) << name;
    for (const auto& file : files) {
      EXPECT_TRUE(std::filesystem::is_regular_file(file)) << name << ": " << file;
    }
  }
}

TEST(CorpusFormats, AreNamedWhereNoneFits) {
  const CorpusFolder folder;
  for (const auto* format : corpus_formats()) {
    const std::string accepted(format->accepted);
    EXPECT_THAT(accepted_corpora(), testing::HasSubstr(accepted));
    expect_bad_corpus(folder.write("c.txt", "x\n"), {"c.txt", accepted});
    expect_error(ErrorCode::kEnvironment, {"none", "no such corpus", accepted},
                 [&] { read_corpus(folder / "none", every_row()); });
  }
}

// The formats are the rows of the first table of docs/corpora.md, in the same order.
TEST(CorpusFormats, AreThoseOfTheDocumentation) {
  std::vector<std::string> documented;
  std::ifstream document(ISOGLOSS_SOURCE_DIR "/docs/corpora.md");
  for (std::string line; std::getline(document, line) && line != "### Names of rows";) {
    if (line.starts_with("| **")) documented.push_back(line.substr(4, line.find("**", 4) - 4));
  }
  std::vector<std::string> declared;
  for (const auto* format : corpus_formats()) declared.emplace_back(format->name);
  EXPECT_EQ(documented, declared);
}

}  // namespace
}  // namespace isogloss

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

TEST(JsonlCorpus, ReadsTheHubsSchema) {
  const CorpusFolder folder;
  const auto path = folder.write("c.jsonl", R"({"id":"7","translation":{"es":"uno","en":"one"}}
{"id":8,"translation":{"en":"t\u0077o","es":"d\u00f3s","fr":"deux"}}
{"translation":{"es":null,"en":"three"},"score":0.5}
)");
  EXPECT_THAT(corpus_languages(path), ElementsAre("es", "en"));
  const auto corpus = read_corpus(path, every_row({"en", "es"}));
  EXPECT_THAT(sources_of(corpus), ElementsAre("7", "8", "3"));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("one", "uno"), ElementsAre("two", "dós"),
                                            ElementsAre("three", "")));
}

TEST(JsonlCorpus, ReadsJsonFilesOfLines) {
  const CorpusFolder folder;
  const auto path =
      folder.write("c.json", "\xef\xbb\xbf{\"translation\":{\"en\":\"a\",\"es\":\"b\"}}\r\n");
  EXPECT_THAT(texts_of(read_corpus(path, every_row())), ElementsAre(ElementsAre("a", "b")));
}

TEST(JsonlCorpus, RefusesWhatIsNotARow) {
  const CorpusFolder folder;
  const std::string good = R"({"translation":{"en":"a","es":"b"}})"
                           "\n";
  expect_bad_corpus(folder.write("cut.jsonl", good + R"({"translation":{"en":)"),
                    {"cut.jsonl:2:", "not valid JSON at byte"});
  expect_bad_corpus(folder.write("flat.jsonl", R"({"english":"a","spanish":"b"})"),
                    {"flat.jsonl", "\"translation\"", "english, spanish"});
  expect_bad_corpus(folder.write("text.jsonl", good + R"({"translation":"a"})"),
                    {"text.jsonl:2:", "\"translation\""});
  expect_bad_corpus(folder.write("lacks.jsonl", good + R"({"translation":{"en":"a"}})"),
                    {"lacks.jsonl:2:", "no translation.es"});
  expect_bad_corpus(folder.write("number.jsonl", good + R"({"translation":{"en":"a","es":1}})"),
                    {"number.jsonl:2:", "translation.es is not a string"});
  expect_bad_corpus(folder.write("id.jsonl", R"({"id":[1],"translation":{"en":"a","es":"b"}})"),
                    {"id.jsonl:1:", "id is neither"});
  expect_bad_corpus(folder.write("large.jsonl", "1e999"), {"large.jsonl:1:", "number too large"});
  expect_bad_corpus(folder.write("empty.jsonl", ""), {"empty.jsonl", "no language"});
  expect_bad_corpus(folder.write("one.jsonl", R"({"translation":{"en":"a"}})"),
                    {"one.jsonl", "only the language 'en'"});
}

TEST(JsonlCorpus, PassesOverBlankLines) {
  const CorpusFolder folder;
  const auto path = folder.write("c.jsonl",
                                 "\n{\"translation\":{\"en\":\"a\",\"es\":\"b\"}}\r\n \r\n\n"
                                 "{\"translation\":{\"en\":\"c\",\"es\":\"d\"}}\n\n\t\n");
  const auto corpus = read_corpus(path, every_row());
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2", "5"));
}

TEST(JsonlCorpus, ReadsAnArrayOfRows) {
  const CorpusFolder folder;
  const auto path = folder.write("c.json", R"([
{"translation": {"en": "a, \"]}", "es": "b\\"}},
{"id": [4][0],
 "translation": {"en": "c", "es": "d"}}
]
)");
  expect_bad_corpus(path, {"c.json:3:", "not valid JSON at byte", "array"});
  folder.write("c.json", R"([
{"translation": {"en": "a, \"]}", "es": "b\\"}},
{"id": 4,
 "translation": {"en": "c", "es": "d"}} ]
)");
  const auto corpus = read_corpus(path, every_row());
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("a, \"]}", "b\\"), ElementsAre("c", "d")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2", "4"));
  expect_bad_corpus(folder.write("cut.json", R"([{"translation": {"en": "a", "es": "b"}})"),
                    {"cut.json:1:", "array does not end"});
  expect_bad_corpus(folder.write("more.json", R"([{"translation": {"en": "a", "es": "b"}}] x)"),
                    {"more.json:1:", "text follows"});
  expect_bad_corpus(folder.write("comma.json", R"([{"translation": {"en": "a", "es": "b"}},])"),
                    {"comma.json:1:", "not valid JSON"});
  expect_bad_corpus(folder.write("none.json", "[]"), {"none.json", "no language"});
}

TEST(JsonlCorpus, ReadsWhatPythonWritesForNoNumber) {
  const CorpusFolder folder;
  const auto path = folder.write("c.jsonl",
                                 R"({"score": NaN, "translation": {"en": "NaN", "es": "b"}}
{"score": -Infinity, "translation": {"en": "a", "es": "b"}})");
  EXPECT_EQ(texts_of(read_corpus(path, every_row()))[0][0], "NaN");
  expect_bad_corpus(folder.write("t.jsonl", R"({"translation": {"en": "a", "es": "b"}}
{"translation": {"en": nan, "es": "b"}})"),
                    {"t.jsonl:2:", "not valid JSON"});
}

TEST(JsonlCorpus, ReadsAColumnForEachLanguage) {
  const CorpusFolder folder;
  const auto path =
      folder.write("c.jsonl", R"({"id": "x1", "en": "a", "pt_BR": "b", "url": "u", "score": 1}
{"id": "y2", "en": "c", "pt_BR": null})");
  const auto corpus = read_corpus(path, every_row({"en", "pt_BR"}));
  EXPECT_THAT(corpus_languages(path), ElementsAre("en", "pt_BR"));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("x1", "y2"));
  const auto indonesian = folder.write("i.jsonl", R"({"en": "sea", "id": "laut", "ms": "laut"})");
  EXPECT_THAT(corpus_languages(indonesian), ElementsAre("en", "id", "ms"));
}

TEST(JsonlCorpus, RefusesBytesThatAreNoText) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("u.jsonl", "{\"translation\":{\"en\":\"\xff\",\"es\":\"b\"}}"),
                    {"u.jsonl:1:", "byte 23 is not valid UTF-8"});
  expect_bad_corpus(folder.write("n.jsonl", R"({"translation":{"en":"a\u0000","es":"b"}})"),
                    {"n.jsonl:1:", "translation.en", "byte 2 is NUL"});
  expect_bad_corpus(folder.write("i.jsonl", R"({"id":"\u0000","translation":{"en":"a","es":"b"}})"),
                    {"i.jsonl:1:", "id", "byte 1 is NUL"});
  expect_bad_corpus(folder.write("s.jsonl", R"({"translation":{"en":"\ud800","es":"b"}})"),
                    {"s.jsonl:1:", "not valid JSON"});
}

TEST(JsonlCorpus, RefusesWhatNestsTooDeep) {
  const CorpusFolder folder;
  const std::string deep = std::string(3'000'000, '[') + std::string(3'000'000, ']');
  for (const auto& row :
       {R"({"translation":{"en":)" + deep + R"(,"es":"b"}})",
        R"({"en":"a","es":"b","x":)" + deep + "}", R"([{"en":"a","es":"b","x":)" + deep + "}]"}) {
    expect_bad_corpus(folder.write("d.jsonl", row), {"d.jsonl:1:", "more than 100 deep"});
  }
}

TEST(JsonlCorpus, RefusesAnUnknownLanguageNamingThoseThere) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("c.jsonl", R"({"translation":{"en":"a","es":"b"}})"),
                    {"c.jsonl", "no language 'de'", "en, es"}, every_row({"en", "de"}));
}

}  // namespace
}  // namespace isogloss

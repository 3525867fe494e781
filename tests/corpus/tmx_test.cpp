#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A TMX file around `body`.
std::string tmx(const std::string& body) {
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en" segtype="sentence"/><body>
)" + body +
         "\n</body></tmx>\n";
}

std::string tu(const std::string& attributes, const std::string& en, const std::string& es) {
  return "<tu" + attributes + "><tuv xml:lang=\"en-US\"><seg>" + en +
         "</seg></tuv><tuv xml:lang=\"es\"><seg>" + es + "</seg></tuv></tu>\n";
}

TEST(TmxCorpus, ReadsTextsWithoutTheCodesWithin) {
  const CorpusFolder folder;
  const auto path = folder.write(
      "c.tmx", tmx(tu("", "a &lt;b&gt; &#xe9;", "<![CDATA[<c>]]>") +
                   tu(" tuid=\"x7\"",
                      "<bpt i=\"1\">&lt;b&gt;<sub>no</sub></bpt>See<ept i=\"1\">&lt;/b&gt;</ept> "
                      "<hi>this</hi><ph/>",
                      "Mira esto")));
  EXPECT_THAT(corpus_languages(path), ElementsAre("en-US", "es"));
  const auto corpus = read_corpus(path, every_row());
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("a <b> é", "<c>"), ElementsAre("See this", "Mira esto")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("1", "x7"));
  EXPECT_THAT(corpus.notes, IsEmpty());
}

TEST(TmxCorpus, JoinsTheLanguagesAskedFor) {
  const CorpusFolder folder;
  const auto path = folder.write(
      "c.tmx",
      tmx(tu("", "one", "uno") +
          "<tu><tuv lang=\"EN-us\"><seg>two</seg></tuv><tuv lang=\"fr\"><seg>deux</seg></tuv>"
          "<tuv lang=\"fr\"><seg>paire</seg></tuv></tu>"));
  EXPECT_THAT(corpus_languages(path), ElementsAre("en-US", "es", "fr"));
  const auto corpus = read_corpus(path, every_row({"fr", "en-US"}));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("deux", "two")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("2"));
  EXPECT_THAT(corpus.notes, ElementsAre(HasSubstr("1 of 2 rows are left out"),
                                        HasSubstr("first was taken 1 times")));
}

TEST(TmxCorpus, ReadsUtf16) {
  const CorpusFolder folder;
  std::string wide = "\xff\xfe";
  for (const char c : std::string("<tmx><body>") + tu("", "one", "uno") + "</body></tmx>") {
    wide += c;
    wide += '\0';
  }
  EXPECT_EQ(read_corpus(folder.write("c.tmx", wide), every_row()).rows[0].text[1], "uno");
}

TEST(TmxCorpus, ExpandsNoEntities) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("d.tmx", R"(<!DOCTYPE tmx [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;">]>
<tmx><body>)" + tu("", "&b;", "b") + "</body></tmx>"),
                    {"d.tmx:2:", "declares an entity, a", "remove"});
  expect_bad_corpus(
      folder.write("x.tmx", "<!DOCTYPE tmx [\n<!ENTITY a SYSTEM \"/etc/passwd\">]><tmx/>"),
      {"x.tmx:2:", "declares an entity"});
  expect_bad_corpus(folder.write("u.tmx", tmx(tu("", "a&nbsp;b", "c"))),
                    {"u.tmx:4:", "&nbsp;", "the character itself"});
}

TEST(TmxCorpus, TakesNoUnitWithinAText) {
  const CorpusFolder folder;
  const auto path =
      folder.write("c.tmx", tmx(tu("", "one <tu>two</tu> three", "uno") + tu("", "sea", "mar")));
  EXPECT_EQ(texts_of(read_corpus(path, every_row({"en-US", "es"}))),
            (std::vector<std::vector<std::string>>{{"sea", "mar"}}));
}

TEST(TmxCorpus, RefusesWhatIsNone) {
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("h.tmx", "<html/>"), {"h.tmx", "no TMX"});
  const auto whole = tmx(tu("", "one", "uno"));
  expect_bad_corpus(folder.write("c.tmx", whole.substr(0, whole.size() / 2)),
                    {"c.tmx:", "is not XML"});
  expect_bad_corpus(folder.write("e.tmx", ""), {"e.tmx:1:", "is not XML"});
  expect_bad_corpus(folder.write("n.tmx", tmx("<tu><tuv><seg>a</seg></tuv></tu>")),
                    {"n.tmx", "''", "language code"});
}

}  // namespace
}  // namespace isogloss

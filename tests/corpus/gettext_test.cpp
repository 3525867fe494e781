#include "isogloss/corpus/gettext.h"

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

constexpr std::string_view kHeader = R"(# Translators.
msgid ""
msgstr ""
"Project-Id-Version: tool\n"
"Language: es\n"
"Content-Type: text/plain; charset=UTF-8\n"

)";

std::string po(const std::string& body) { return std::string(kHeader) + body; }

std::string entry(const std::string& id, const std::string& text) {
  return "msgid \"" + id + "\"\nmsgstr \"" + text + "\"\n\n";
}

TEST(GettextCorpus, ReadsStringsAsGettextDoes) {
  const auto catalogue = parse_po(po(R"(#: main.c:7
#, c-format
msgctxt "menu"
msgid ""
"Open\t\"%s\"\n"
"now"
msgstr "Abrir\\ \x41\101\n"
#, fuzzy
#| msgid "Sea"
msgid "The sea"
msgstr "La mar"
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d archivo"
msgstr[1] "%d archivos"

msgid "untranslated"
msgstr ""

#~ msgid "old"
#~ msgstr "viejo"
msgid "last"
msgstr "último")"),
                                  "es.po");
  EXPECT_EQ(catalogue.language, "es");
  ASSERT_EQ(catalogue.messages.size(), 2U);
  EXPECT_EQ(catalogue.messages[0].context, "menu");
  EXPECT_EQ(catalogue.messages[0].id, "Open\t\"%s\"\nnow");
  EXPECT_EQ(catalogue.messages[0].text, "Abrir\\ AA\n");
  EXPECT_EQ(catalogue.messages[0].line, 11);
  EXPECT_EQ(catalogue.messages[1].text, "último");
  EXPECT_EQ(catalogue.n_fuzzy, 1);
  EXPECT_EQ(catalogue.n_plural, 1);
}

TEST(GettextCorpus, AFolderOfCataloguesIsJoinedOnItsMessages) {
  const CorpusFolder folder;
  std::filesystem::create_directory(folder / "po");
  folder.write("po/es.po", po(entry("sea", "mar") + entry("river", "río") + "msgctxt \"menu\"\n" +
                              entry("river", "Río")));
  folder.write("po/de.po", po("msgctxt \"menu\"\n" + entry("river", "Fluss") +
                              entry("stone", "Stein") + entry("sea", "Meer")));
  folder.write("po/tool.pot", po(""));
  EXPECT_THAT(corpus_languages(folder / "po"), ElementsAre("en", "de", "es"));
  const auto corpus = read_corpus(folder / "po", every_row());
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("river", "Fluss", "Río"), ElementsAre("sea", "Meer", "mar")));
  EXPECT_THAT(corpus.notes,
              ElementsAre(HasSubstr("2 of 4 rows are left out"), HasSubstr("en is the text")));
  EXPECT_THAT(texts_of(read_corpus(folder / "po", every_row({"es", "en"}))),
              ElementsAre(ElementsAre("mar", "sea"), ElementsAre("río", "river"),
                          ElementsAre("Río", "river")));
  EXPECT_THAT(corpus_files(folder / "po", {"es", "en"}), ElementsAre(folder / "po/es.po"));
}

TEST(GettextCorpus, AnEnglishCatalogueIsEnglish) {
  const CorpusFolder folder;
  folder.write("en.po", po(entry("label.sea", "sea")));
  folder.write("es.po", po(entry("label.sea", "mar")));
  const auto corpus = read_corpus(folder.path(), every_row());
  EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
  EXPECT_THAT(texts_of(corpus), ElementsAre(ElementsAre("sea", "mar")));
}

TEST(GettextCorpus, FindsTheLayoutsOfSourcesAndOfInstalledPrograms) {
  const CorpusFolder folder;
  for (const char* name : {"l/es/LC_MESSAGES", "l/fr/LC_MESSAGES", "s"}) {
    std::filesystem::create_directories(folder / name);
  }
  folder.write("l/es/LC_MESSAGES/a.po", po(entry("sea", "mar")));
  folder.write("l/fr/LC_MESSAGES/a.po", po(entry("sea", "mer")));
  folder.write("l/es/LC_MESSAGES/b.po", po(entry("sea", "el mar")));
  folder.write("l/fr/LC_MESSAGES/b.po", po(entry("sea", "la mer")));
  const auto corpus = read_corpus(folder / "l", every_row({"es", "fr"}));
  EXPECT_THAT(texts_of(corpus),
              ElementsAre(ElementsAre("mar", "mer"), ElementsAre("el mar", "la mer")));
  EXPECT_THAT(corpus.rows[1].document, Optional(std::string("b")));
  EXPECT_THAT(sources_of(corpus), ElementsAre("a:8", "b:8"));
  folder.write("s/tool.es.po", po(entry("sea", "mar")));
  folder.write("s/tool.pt_BR.po", po(entry("sea", "o mar")));
  EXPECT_THAT(read_corpus(folder / "s/tool", every_row()).languages,
              ElementsAre("en", "es", "pt_BR"));
  EXPECT_THAT(read_corpus(folder / "s/tool.es.po", every_row()).languages, ElementsAre("en", "es"));
  folder.write("s/vim.po", po(entry("sea", "mar")));
  EXPECT_THAT(read_corpus(folder / "s/vim.po", every_row()).languages, ElementsAre("en", "es"));
}

/// Numbers of four bytes, in the order of a little or a big machine.
std::string numbers(const std::vector<std::uint32_t>& values, bool big) {
  std::string bytes;
  for (const auto value : values) {
    for (unsigned i = 0; i < 4; ++i)
      bytes += static_cast<char>(value >> 8 * (big ? 3 - i : i) & 0xff);
  }
  return bytes;
}

std::string mo(const std::vector<std::pair<std::string, std::string>>& strings, bool big) {
  const auto n = static_cast<std::uint32_t>(strings.size());
  std::vector<std::uint32_t> table{0x950412de, 0, n, 28, 28 + 8 * n, 0, 0};
  std::string text;
  for (const bool translated : {false, true}) {
    for (const auto& [id, translation] : strings) {
      const auto& string = translated ? translation : id;
      table.push_back(static_cast<std::uint32_t>(string.size()));
      table.push_back(static_cast<std::uint32_t>(28 + 16 * n + text.size()));
      text += string + '\0';
    }
  }
  return numbers(table, big) + text;
}

TEST(GettextCorpus, ReadsMoOfBothByteOrders) {
  using namespace std::string_literals;
  const CorpusFolder folder;
  for (const bool big : {false, true}) {
    const auto bytes = mo({{"", "Language: es\nContent-Type: text/plain; charset=UTF-8\n"},
                           {"menu\x04sea", "mar"},
                           {"file\0files"s, "archivo\0archivos"s},
                           {"river", "río"}},
                          big);
    const auto corpus = read_corpus(folder.write("words.mo", bytes), every_row());
    EXPECT_THAT(corpus.languages, ElementsAre("en", "es"));
    EXPECT_THAT(texts_of(corpus),
                ElementsAre(ElementsAre("sea", "mar"), ElementsAre("river", "río")));
    EXPECT_THAT(corpus.notes.back(), HasSubstr("1 messages with plural forms"));
    for (std::size_t size = 5; size < bytes.size() - 1; size += 7) {
      expect_bad_corpus(folder.write("es.mo", bytes.substr(0, size)), {"es.mo", "cut short"});
    }
  }
}

TEST(GettextCorpus, RefusesWhatIsBroken) {
  const CorpusFolder folder;
  const auto expect_po = [&](const std::string& body, const std::vector<std::string>& parts) {
    expect_bad_corpus(folder.write("es.po", po(body)), parts);
  };
  expect_po("msgid sea\n", {"es.po:8:", "in quotes"});
  expect_po("msgid \"a\" b\"\n", {"es.po:8:", "needs a backslash"});
  expect_po("msgid \"a\\q\"\n", {"es.po:8:", "double it"});
  expect_po("msgid \"a\"\nmsgid \"b\"\n", {"es.po:9:", "second msgid"});
  expect_po("hello\n", {"es.po:8:", "'hello' is no keyword"});
  expect_po("msgid \"a\"\nmsgstr \"b\\0\"\n", {"es.po:9:", "NUL"});
  expect_po(entry("a", "b") + entry("a", "c"), {"es.po:11:", "twice"});
  expect_bad_corpus(
      folder.write("fr.po",
                   "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n\n" +
                       entry("a", "\xe9")),
      {"fr.po", "ISO-8859-1", "msgconv"});
  expect_bad_corpus(folder.write("words.po", entry("a", "b")), {"words.po", "names no language"});
}

}  // namespace
}  // namespace isogloss

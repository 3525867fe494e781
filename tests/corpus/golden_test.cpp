// Corpora that Python and gettext wrote are what Python reads in them (tools/golden/corpora.py).
#include <nlohmann/json.hpp>

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

TEST(GoldenCorpora, AreWhatPythonReads) {
  const std::filesystem::path folder = ISOGLOSS_GOLDEN_DIR "/corpora";
  std::ifstream file(folder / "expected.json");
  const auto expected = nlohmann::json::parse(file)["rows"];
  EXPECT_EQ(expected.size(), 11U);
  for (const auto& [name, rows] : expected.items()) {
    auto texts = texts_of(read_corpus(folder / name, every_row()));
    if (name == "es.mo") std::sort(texts.begin(), texts.end());
    EXPECT_EQ(texts, rows.get<std::vector<std::vector<std::string>>>()) << name;
  }
}

}  // namespace
}  // namespace isogloss

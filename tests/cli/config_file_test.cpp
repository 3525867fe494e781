#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/arguments.h"
#include "isogloss/core/error.h"

namespace isogloss::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfigFile : public ::testing::Test {
 protected:
  std::vector<std::string> words(const std::string& content) const {
    std::ofstream(path_) << content;
    return words_of_config(path_, {"model", "languages"});
  }
  ~ConfigFile() override { std::filesystem::remove(path_); }

  std::filesystem::path path_ = std::filesystem::path(::testing::TempDir()) / "isogloss-run.toml";
};

TEST_F(ConfigFile, GivesTheWordsOfACommandLine) {
  EXPECT_THAT(words("model = \"mañana/水.gguf\"\nlanguages = [\"en\", \"es\"]\n"),
              ElementsAre("--languages=en", "--languages=es", "--model=mañana/水.gguf"));
}

/// U+FED9 stands where toml++ asks whether it is a space.
TEST_F(ConfigFile, RefusesCharactersThatTheParserMisreads) {
  for (const char* content : {"\nmodel = \xef\xbb\x99", "\n\xef\xbb\x99", "\na.\xef\xbb\x99 = 1"}) {
    EXPECT_THAT([&] { words(content); },
                ::testing::ThrowsMessage<Error>(HasSubstr("isogloss-run.toml:2: holds U+FED9")));
  }
  EXPECT_THAT(words("\xef\xbb\xbfmodel = \"m\"\n"), ElementsAre("--model=m"));  // a byte order mark
}

}  // namespace
}  // namespace isogloss::cli

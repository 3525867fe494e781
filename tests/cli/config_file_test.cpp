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

/// toml++ misreads some characters where it asks whether a space stands there.
TEST_F(ConfigFile, RefusesTextThatIsNotQuoted) {
  for (const char* content :
       {"\nmodel = mañana", "\nñ", "\na.ñ = 1", "#\nlanguages = [\"en\", ñ]", "\nmodel = \"\" ñ",
        "\nmodel = \"\"\"\"\"\" ñ", "\nmodel = 'a\\' ñ", "model = \"\"\"a \\\nñ\"\"\""}) {
    EXPECT_THAT([&] { words(content); }, ::testing::ThrowsMessage<Error>(HasSubstr(
                                             "isogloss-run.toml:2: text stands outside of quotes")))
        << content;
  }
}

TEST_F(ConfigFile, KnowsEveryKindOfQuotes) {
  EXPECT_THAT(words("\xef\xbb\xbf# ñ\nmodel = 'ñ\"'  # \"ñ\n"), ElementsAre("--model=ñ\""));
  EXPECT_THAT(words("model = \"a\\\"ñ\""), ElementsAre("--model=a\"ñ"));
  EXPECT_THAT(words("model = \"\"\"ñ\nñ\"\"\""), ElementsAre("--model=ñ\nñ"));
  EXPECT_THAT(words("model = \"\"\"a \\\n \"\"\" # ñ\n"), ElementsAre("--model=a "));
  EXPECT_THAT(words("model = '''\\\nñ'''"), ElementsAre("--model=\\\nñ"));
}

}  // namespace
}  // namespace isogloss::cli

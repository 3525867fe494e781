// One pass over the model at several hooks: the same results as alone, killed or not, and a
// comparison of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kFirst = "blocks.1.hook_resid_post";
constexpr const char* kSecond = "blocks.2.hook_resid_post";
constexpr const char* kBoth = "blocks.1.hook_resid_post,blocks.2.hook_resid_post";

class Layers : public RunFixture {
 protected:
  std::vector<std::string> words_at(const std::string& hooks, const std::filesystem::path& output,
                                    int n_rows) const {
    auto words = tiny_run(folder_, output, n_rows);
    words.insert(words.end(), {"--hook", hooks});
    return words;
  }
};

TEST_F(Layers, EachFolderIsWhatItsHookGivesAlone) {
  const auto outcome = run(words_at(kBoth, output_, 40));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("trained on blocks.2.hook_resid_post, used on blocks.1"));
  for (const char* hook : {kFirst, kSecond}) {
    const auto alone = folder_ / (std::string("alone-") + hook);
    ASSERT_EQ(run(words_at(hook, alone, 40)).exit_code, 0);
    EXPECT_EQ(snapshot(output_ / hook), snapshot(alone)) << hook;
  }
}

TEST_F(Layers, AreCompared) {
  const auto outcome = run(words_at(kBoth, output_, 40));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(read_text(output_ / "layers.json"));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["folder"], kFirst);
  EXPECT_EQ(json[1]["layer"], 2);
  EXPECT_EQ(json[1]["n_features"], 128);
  EXPECT_THAT(read_text(output_ / "layers.html"), HasSubstr(kSecond));
  EXPECT_TRUE(std::filesystem::exists(output_ / "layers.parquet"));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("mean κ"), HasSubstr("layers.html")));
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    EXPECT_LE(columns_of(line), 80u) << line;
  }
}

TEST_F(Layers, RepeatedSayAndChangeNothing) {
  ASSERT_EQ(run(words_at(kBoth, output_, 40)).exit_code, 0);
  const auto before = snapshot(output_);
  const auto again = run(words_at(kBoth, output_, 40));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("already complete"));
  EXPECT_EQ(snapshot(output_), before);
}

TEST_F(Layers, TheVerbsRemakeWhatIsGone) {
  ASSERT_EQ(run(words_at(kBoth, output_, 40)).exit_code, 0);
  const auto before = snapshot(output_);
  for (const auto& entry : std::filesystem::directory_iterator(output_)) {
    if (entry.is_regular_file()) std::filesystem::remove(entry.path());
  }
  ASSERT_EQ(run({"score", output_.string()}).exit_code, 0);
  const auto report = run({"report", output_.string()});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.out, HasSubstr("layers.html"));
  EXPECT_EQ(snapshot(output_), before);
  const auto inspected = run({"inspect", output_.string()});
  EXPECT_THAT(inspected.out, AllOf(HasSubstr(kFirst), HasSubstr("complete")));
  EXPECT_EQ(run({"show", "3", (output_ / kFirst).string()}).exit_code, 0);
}

TEST_F(Layers, VerbsOfOneFolderSayWhichThereAre) {
  ASSERT_EQ(run(words_at(kBoth, output_, 40)).exit_code, 0);
  const auto output = output_.string();
  for (const auto& words :
       {std::vector<std::string>{"show", "3", output},
        {"validate", output},
        {"validate", (output_ / kFirst).string(), output, "--output", (folder_ / "v").string()}}) {
    const auto outcome = run(words);
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(StartsWith("isogloss: " + output + ": "), HasSubstr(kFirst),
                                   HasSubstr(kSecond)));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "v"));
}

TEST_F(Layers, StagesAndConfigurationFileEqualOneRun) {
  ASSERT_EQ(run(words_at(kBoth, output_, 40)).exit_code, 0);
  const auto staged = folder_ / "staged";
  const auto words = tiny_run(folder_, staged, 40);
  std::ofstream config(folder_ / "run.toml");
  config << "hook = [\"" << kFirst << "\", \"" << kSecond << "\"]\n";
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    const auto name = words[i].substr(2);
    config << name << " = ";
    if (name == "sae") {
      config << "[\"" << words[i + 1] << "\", \"" << words[i + 1] << "\"]\n";
    } else {
      config << "\"" << words[i + 1] << "\"\n";
    }
  }
  config.close();
  const auto extracted = run({"extract", "--config", (folder_ / "run.toml").string()});
  ASSERT_EQ(extracted.exit_code, 0) << extracted.err;
  ASSERT_EQ(run({"score", staged.string()}).exit_code, 0);
  ASSERT_EQ(run({"report", staged.string()}).exit_code, 0);
  EXPECT_EQ(snapshot(staged), snapshot(output_));
}

TEST_F(Layers, TwoSaesShareAHook) {
  auto words = words_at(std::string(kSecond) + "," + kSecond, output_, 40);
  write_tiny_sae(folder_ / "other", 64);
  words.insert(words.end(), {"--sae", (folder_ / "other").string()});
  const auto outcome = run(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_text(output_ / kSecond / "scores.csv"),
            read_text(output_ / (std::string(kSecond) + "-2") / "scores.csv"));
}

TEST_F(Layers, AHookIsAddedWithoutRepeatingTheOthers) {
  ASSERT_EQ(run(words_at(kBoth, output_, 40)).exit_code, 0);
  const auto first = output_ / kFirst / "activations/part-00000.parquet";
  const auto written = std::filesystem::last_write_time(first);
  const auto outcome = run(words_at(std::string(kBoth) + ",blocks.3.hook_resid_post", output_, 40));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(std::filesystem::last_write_time(first), written);
  EXPECT_EQ(nlohmann::json::parse(read_text(output_ / "layers.json")).size(), 3u);
}

TEST_F(Layers, KilledAtAnyMomentEndInTheSameBytes) {
  const auto whole = folder_ / "whole";
  ASSERT_EQ(run(words_at(kBoth, whole, 400)).exit_code, 0);
  ASSERT_TRUE(std::filesystem::exists(whole / kSecond / "maxima/part-00001.parquet"))
      << "too few shards";
  const auto words = words_at(kBoth, output_, 400);
  int kills = 0;
  for (int milliseconds = 5;; milliseconds += milliseconds / 4 + 5) {
    Program program(words, folder_);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    program.send(SIGKILL);
    const auto outcome = program.wait();
    if (outcome.exit_code == 0) break;
    ASSERT_EQ(outcome.exit_code, -SIGKILL) << outcome.err;
    ++kills;
  }
  EXPECT_GT(kills, 3);
  auto resumed = snapshot(output_);
  std::erase_if(resumed, [](const auto& file) { return file.first.ends_with(".part"); });
  EXPECT_EQ(resumed, snapshot(whole));
}

TEST_F(Layers, AFinishedShardIsNotRepeated) {
  const auto words = words_at(kBoth, output_, 3000);
  Program program(words, folder_);
  const auto last_of_first_shard = output_ / kSecond / "maxima/part-00000.parquet";
  while (program.running() && !std::filesystem::exists(last_of_first_shard)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  program.send(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 130);
  const auto first = output_ / kFirst / "activations/part-00000.parquet";
  const auto written = std::filesystem::last_write_time(first);
  EXPECT_EQ(run(words).exit_code, 0);
  EXPECT_EQ(std::filesystem::last_write_time(first), written);
}

TEST_F(Layers, UnequalListsAreWrongUsage) {
  auto words = words_at(std::string(kBoth) + ",blocks.3.hook_resid_post", output_, 40);
  words.insert(words.end(), {"--sae", (folder_ / "sae").string()});
  const auto outcome = run(words);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("2 for --sae"), HasSubstr("3 for --hook")));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST_F(Layers, OneOfThemBeyondTheModelIsRefusedBeforeAnythingIsWritten) {
  const auto outcome =
      run(words_at("blocks.1.hook_resid_post,blocks.4.hook_resid_post", output_, 40));
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("blocks.4.hook_resid_post"));
  EXPECT_FALSE(std::filesystem::exists(output_));
}

TEST_F(Layers, OneOfThemOfAnotherWidthIsRefused) {
  auto words = words_at(kBoth, output_, 40);
  write_tiny_sae(folder_ / "wide", 80);
  words.insert(words.end(), {"--sae", (folder_ / "wide").string()});
  const auto outcome = run(words);
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("80"), HasSubstr("64")));
}

TEST_F(Layers, TheFolderOfAnotherRunIsLeftAlone) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto single = run(words_at(kBoth, output_, 40));
  EXPECT_EQ(single.exit_code, 3) << single.err;
  EXPECT_THAT(single.err, HasSubstr(output_.string() + ": holds"));
  const auto parent = folder_ / "parent";
  ASSERT_EQ(run(words_at(kBoth, parent, 40)).exit_code, 0);
  const auto fewer = run(words_at(kFirst, parent, 40));
  EXPECT_EQ(fewer.exit_code, 3) << fewer.err;
  EXPECT_THAT(fewer.err, StartsWith("isogloss: " + parent.string() + ": holds"));
}

}  // namespace
}  // namespace isogloss::test

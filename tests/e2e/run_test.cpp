// Whole runs of the program on a tiny real model: complete, interrupted, repeated.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Run : public RunFixture {};

TEST_F(Run, WritesTheContractFiles) {
  const auto outcome = run(tiny_run(folder_, output_, 40));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* name : {"manifest.json", "sequences.parquet", "activations/part-00000.parquet",
                           "maxima/part-00000.parquet", "statistics.json", "scores.parquet",
                           "scores.csv", "pairs.parquet", "profile.parquet",
                           "agreement_controls.parquet", "vocabulary.parquet", "report.html"}) {
    EXPECT_TRUE(std::filesystem::exists(output_ / name)) << name;
  }
  EXPECT_THAT(outcome.out, HasSubstr("agreement"));
  EXPECT_THAT(outcome.out, HasSubstr("report.html"));
}

TEST_F(Run, RepeatedSaysSoAndChangesNothing) {
  const auto words = tiny_run(folder_, output_, 40);
  ASSERT_EQ(run(words).exit_code, 0);
  const auto before = snapshot(output_);
  const auto again = run(words);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("already complete"));
  EXPECT_EQ(snapshot(output_), before);
}

TEST_F(Run, OfManyLanguagesShowsAFewOfThem) {
  std::ofstream corpus(folder_ / "corpus.tsv");
  for (int language = 0; language < 60; ++language) {
    corpus << (language > 0 ? "\t" : "") << "l" << language;
  }
  corpus << "\n";
  for (int row = 0; row < 12; ++row) {
    for (int language = 0; language < 60; ++language) {
      corpus << fmt::format("{}the sea {} is in {}", language > 0 ? "\t" : "", row, language);
    }
    corpus << "\n";
  }
  corpus.close();
  auto words = tiny_run(folder_, output_, 12);
  words.insert(words.end(), {"--permutations", "0", "--bootstrap", "0"});
  const auto outcome = run(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("12 sentences in 60 languages at"));
  EXPECT_THAT(outcome.out, HasSubstr("… and in 54 more languages"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("l59 ")));
}

TEST_F(Run, SeesAnotherSaeOfTheSameSizeAndTime) {
  const auto words = tiny_run(folder_, output_, 40);
  ASSERT_EQ(run(words).exit_code, 0);
  const auto weights = folder_ / "sae" / "sae_weights.safetensors";
  const auto time = std::filesystem::last_write_time(weights);
  {
    std::fstream file(weights, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(-1, std::ios::end);
    file.put('\x3f');  // of the last weight's exponent
  }
  std::filesystem::last_write_time(weights, time);
  const auto again = run(words);
  EXPECT_EQ(again.exit_code, 3) << again.err;
  EXPECT_THAT(again.err, HasSubstr("differs in sae"));
}

TEST_F(Run, KilledAtAnyMomentEndsInTheSameBytes) {
  const auto whole = folder_ / "whole";
  ASSERT_EQ(run(tiny_run(folder_, whole, 400)).exit_code, 0);
  ASSERT_TRUE(std::filesystem::exists(whole / "maxima/part-00001.parquet")) << "too few shards";
  const auto words = tiny_run(folder_, output_, 400);
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
  EXPECT_GE(kills, 5);
  EXPECT_EQ(snapshot(output_), snapshot(whole));
}

TEST_F(Run, InterruptedLeavesAResumableFolder) {
  const auto words = tiny_run(folder_, output_, 3000);
  Program program(words, folder_);
  while (program.running() && !std::filesystem::exists(output_ / "maxima/part-00000.parquet")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  program.send(SIGINT);
  const auto outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_THAT(outcome.err, HasSubstr("run the same command again"));
  const auto first_shard = output_ / "activations/part-00000.parquet";
  const auto written = std::filesystem::last_write_time(first_shard);
  EXPECT_EQ(run(words).exit_code, 0);
  EXPECT_EQ(std::filesystem::last_write_time(first_shard), written) << "a finished part was redone";
}

TEST_F(Run, ExactArithmeticIsAnotherRun) {
  auto words = tiny_run(folder_, output_, 10);
  words.push_back("--exact");
  ASSERT_EQ(run(words).exit_code, 0);
  EXPECT_THAT(run({"inspect", output_.string()}).out, ContainsRegex("exact arithmetic +yes"));
  words.pop_back();
  const auto refused = run(words);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("exact"));
  auto on_gpu = tiny_run(folder_, folder_ / "b", 10);
  on_gpu.insert(on_gpu.end(), {"--exact", "--gpu-layers", "1"});
  const auto failed = run(on_gpu);
  EXPECT_EQ(failed.exit_code, 2);
  EXPECT_THAT(failed.err, HasSubstr("leave out --exact or --gpu-layers"));
}

TEST_F(Run, StatsTellWhereTheTimeWent) {
  auto words = tiny_run(folder_, output_, 10);
  words.push_back("--stats");
  EXPECT_THAT(run(words).out, ContainsRegex("model attention +[0-9.]+ +[0-9]+ %"));
  // With nothing left to do, it took no time.
  words.push_back("--json");
  const auto json = nlohmann::json::parse(run(words).out);
  EXPECT_EQ(json.at("seconds").at("sae_encode"), 0);
}

TEST_F(Run, AnotherRunsFolderIsLeftAlone) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto before = snapshot(output_);
  auto words = tiny_run(folder_, output_, 40);
  words.insert(words.end(), {"--samples", "20"});
  const auto outcome = run(words);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("holds another run"));
  EXPECT_EQ(snapshot(output_), before);
}

TEST_F(Run, AFolderOfSomethingElseIsLeftAlone) {
  std::filesystem::create_directories(output_);
  std::ofstream(output_ / "thesis.tex") << "precious";
  const auto outcome = run(tiny_run(folder_, output_, 40));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("thesis.tex"));
}

TEST_F(Run, OtherScoringOptionsReuseTheExtraction) {
  auto words = tiny_run(folder_, output_, 40);
  ASSERT_EQ(run(words).exit_code, 0);
  const auto activations = read_text(output_ / "activations/part-00000.parquet");
  const auto scores = read_text(output_ / "scores.csv");
  words.insert(words.end(), {"--lambda", "50"});
  ASSERT_EQ(run(words).exit_code, 0);
  EXPECT_EQ(read_text(output_ / "activations/part-00000.parquet"), activations);
  EXPECT_NE(read_text(output_ / "scores.csv"), scores);
  ASSERT_EQ(run({"score", output_.string()}).exit_code, 0);
  EXPECT_EQ(read_text(output_ / "scores.csv"), scores);
  EXPECT_FALSE(std::filesystem::exists(output_ / "report.html")) << "shows the earlier scores";
}

TEST_F(Run, OneOptionAfterTheOtherScoresAsEachFromTheStart) {
  auto words = tiny_run(folder_, output_, 40);
  words.front() = "extract";
  ASSERT_EQ(run(words).exit_code, 0);
  const auto fresh = folder_ / "fresh";
  const std::vector<std::vector<std::string>> changes = {
      {},
      {"--fdr", "by"},
      {"--fdr-level", "0.2"},
      {"--permutations", "50"},
      {"--max-t", "20"},
      {"--bootstrap", "16"},
      {"--score-seed", "7"},
      {"--null", "plain"},
      {"--beta", "0.1"},
      {"--measures", "jaccard"},
  };
  for (const auto& change : changes) {
    std::filesystem::remove_all(fresh);
    std::filesystem::copy(output_, fresh, std::filesystem::copy_options::recursive);
    for (const auto* file : {"scores.csv", "scores.parquet", "statistics.json", "pairs.parquet"}) {
      std::filesystem::remove(fresh / file);
    }
    for (const auto& folder : {output_, fresh}) {
      std::vector<std::string> score = {"score", folder.string()};
      score.insert(score.end(), change.begin(), change.end());
      ASSERT_EQ(run(score).exit_code, 0);
    }
    EXPECT_EQ(snapshot(output_), snapshot(fresh)) << testing::PrintToString(change);
  }
}

TEST_F(Run, StagesOneByOneEqualOneRun) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto staged = folder_ / "staged";
  auto words = tiny_run(folder_, staged, 40);
  words.front() = "extract";
  ASSERT_EQ(run(words).exit_code, 0);
  ASSERT_EQ(run({"score", staged.string()}).exit_code, 0);
  ASSERT_EQ(run({"report", staged.string()}).exit_code, 0);
  EXPECT_EQ(snapshot(staged), snapshot(output_));
}

// The tiny SAE's feature 5 is the residual's component 5, feature 69 the same with its sign turned.
TEST_F(Run, TellsWhatAFeatureSaysWhetherOrNotThePageShowsIt) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto shown = [&](const std::string& feature) {
    const auto outcome = run({"show", feature, output_.string(), "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return nlohmann::json::parse(outcome.out);
  };
  const auto stored = shown("5");
  ASSERT_EQ(stored["promoted"].size(), 10u);
  const auto opposite = shown("69");
  EXPECT_EQ(opposite["promoted"][0][0], stored["suppressed"][0][0]);
  EXPECT_EQ(opposite["promoted"][0][1].get<float>(), -stored["suppressed"][0][1].get<float>());

  const auto text = run({"show", "5", output_.string()}).out;
  EXPECT_THAT(text, HasSubstr("\n  promotes   " + stored["promoted"][0][0].get<std::string>()));
  EXPECT_THAT(text, HasSubstr("\n  suppresses " + stored["suppressed"][0][0].get<std::string>()));

  std::filesystem::remove(output_ / "vocabulary.parquet");
  const auto before = snapshot(output_);
  EXPECT_EQ(shown("5"), stored) << "computed anew";
  EXPECT_EQ(snapshot(output_), before) << "to look changes nothing";
}

TEST_F(Run, ReportsAndShowsWithoutTheModelOrTheSae) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto whole = snapshot(output_);
  const auto weights = folder_ / "sae" / "sae_weights.safetensors";
  const auto bytes = read_text(weights);
  for (const bool is_there : {false, true}) {
    std::filesystem::remove(output_ / "vocabulary.parquet");
    std::filesystem::remove(weights);
    if (is_there) std::ofstream(weights, std::ios::binary) << bytes << "more";
    for (const std::vector<std::string>& verb :
         {std::vector<std::string>{"report"}, {"show", "5"}}) {
      auto words = verb;
      words.push_back(output_.string());
      const auto outcome = run(words);
      EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
      EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
      EXPECT_THAT(outcome.err, AllOf(HasSubstr("warning"), HasSubstr("sae_weights.safetensors"),
                                     HasSubstr(is_there ? "not the file" : "not there")));
      EXPECT_THAT(outcome.out, Not(HasSubstr("promotes")));
    }
    EXPECT_FALSE(std::filesystem::exists(output_ / "vocabulary.parquet"));
  }
  std::ofstream(weights, std::ios::binary) << bytes;
  ASSERT_EQ(run({"report", output_.string()}).exit_code, 0);
  EXPECT_EQ(snapshot(output_), whole);
}

TEST_F(Run, TheSummaryOfManyLanguagesFitsATerminal) {
  std::string header;
  std::string rows;
  for (int row = -1; row < 12; ++row) {
    for (char language = 'a'; language <= 'x'; ++language) {
      const auto cell = row < 0 ? fmt::format("x{}", language)
                                : fmt::format("{0}{0} has {1} houses", language, row);
      (row < 0 ? header : rows) += cell + (language == 'x' ? "\n" : "\t");
    }
  }
  std::ofstream(folder_ / "corpus.tsv") << header << rows;
  const auto outcome = run(tiny_run(folder_, output_, 0));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("12 sentences in xa, xb, xc"));
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(output_.string()) != std::string::npos) continue;  // as long as the path
    EXPECT_LE(columns_of(line), 80u) << line;
  }
}

TEST_F(Run, JsonIsForScripts) {
  auto words = tiny_run(folder_, output_, 40);
  words.push_back("--json");
  const auto json = nlohmann::json::parse(run(words).out);
  EXPECT_EQ(json["sentences"], 40);
  EXPECT_EQ(json["best"].size(), 10u);
  // Those passed over are the rest down to the last of the ten.
  EXPECT_EQ(json["best"][9]["rank"], 9 + json["passed_over"].size());
  for (int i = 1; i < 10; ++i) EXPECT_GT(json["best"][i]["rank"], json["best"][i - 1]["rank"]);
  const int best = json["best"][0]["feature"];
  const auto shown = run({"show", std::to_string(best), output_.string(), "--json"});
  EXPECT_EQ(nlohmann::json::parse(shown.out)["rank"], json["best"][0]["rank"]);
}

TEST_F(Run, ShowSpellsOutFlagsAndPeaks) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  std::string feature;
  nlohmann::json shown;
  for (int f = 0; f < 128; ++f) {
    feature = std::to_string(f);
    shown = nlohmann::json::parse(run({"show", feature, output_.string(), "--json"}).out);
    if (shown["flag_one_token"].get<bool>() && !shown["peaks_en"].empty()) break;
  }
  ASSERT_TRUE(shown["flag_one_token"].get<bool>()) << "no feature has the flag";
  const auto text = run({"show", feature, output_.string()}).out;
  EXPECT_THAT(text, HasSubstr("kappa"));
  EXPECT_THAT(text, HasSubstr("\n  flags "));
  EXPECT_EQ(text.find("fires almost only in one language") != std::string::npos,
            shown["flag_language"].get<bool>());
  const auto unwrapped = std::regex_replace(text, std::regex(" *\n +"), " ");
  EXPECT_THAT(unwrapped, HasSubstr("one token: one token carries most"));
  EXPECT_THAT(unwrapped, HasSubstr(" % in e"));
  ASSERT_FALSE(shown["peaks_en"].empty());
  EXPECT_THAT(text, HasSubstr(shown["peaks_en"][0][0].get<std::string>()));
}

TEST_F(Run, AnUnknownScoreIsRefusedBeforeAnythingIsRemoved) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto before = read_text(output_ / "manifest.json");
  const auto outcome = run({"score", output_.string(), "--measures", "jacard"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("'jacard'"));
  EXPECT_EQ(read_text(output_ / "manifest.json"), before);
  EXPECT_TRUE(std::filesystem::exists(output_ / "report.html"));
}

TEST_F(Run, ScoresAreNamedInAnyOrderAndTheBiLossesAreAlwaysThere) {
  ASSERT_EQ(run(tiny_run(folder_, output_, 40)).exit_code, 0);
  const auto score_with = [&](const char* names) {
    const auto outcome = run({"score", output_.string(), "--measures", names, "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out)["best"][0];
  };
  const auto best = score_with("phi,bi_loss,jaccard,phi");
  EXPECT_TRUE(best.contains("phi") && best.contains("jaccard") && best.contains("bi_loss"));
  EXPECT_FALSE(best.contains("lape"));
  const auto bytes = read_text(output_ / "scores.parquet");
  score_with("jaccard,phi");
  EXPECT_EQ(read_text(output_ / "scores.parquet"), bytes);
}

TEST_F(Run, AConfigurationFileStandsForTheOptions) {
  const auto words = tiny_run(folder_, output_, 40);
  std::ofstream config(folder_ / "run.toml");
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    config << words[i].substr(2) << " = \"" << words[i + 1] << "\"\n";
  }
  config << "samples = 30\nlanguages = [\"es\", \"en\"]\n";
  config.close();
  const auto outcome =
      run({"run", "--config", (folder_ / "run.toml").string(), "--samples", "25", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["sentences"], 25) << "the command line wins";
  EXPECT_EQ(json["languages"], (nlohmann::json{"es", "en"}));
}

}  // namespace
}  // namespace isogloss::test

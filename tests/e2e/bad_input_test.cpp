// Bad input never gets past the door: one line, the right exit code, nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "isogloss/core/folder_lock.h"
#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BadInput : public RunFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    words_ = tiny_run(folder_, output_, 40);
  }

  void set(const std::string& option, const std::string& value) {
    const auto at = std::find(words_.begin(), words_.end(), option);
    if (at == words_.end()) {
      words_.insert(words_.end(), {option, value});
    } else {
      *(at + 1) = value;
    }
  }

  /// Runs and expects one line of error that holds all of `parts`.
  void expect_refusal(int exit_code, const std::vector<std::string>& parts) {
    const auto outcome = run(words_);
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    for (const auto& part : parts) EXPECT_THAT(outcome.err, HasSubstr(part));
    EXPECT_FALSE(std::filesystem::exists(output_ / "maxima/part-00000.parquet"));
  }

  std::filesystem::path copy_truncated(const std::filesystem::path& from, const char* name,
                                       double share) {
    const auto to = folder_ / name;
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
    const auto size = static_cast<double>(std::filesystem::file_size(to));
    std::filesystem::resize_file(to, static_cast<std::uintmax_t>(size * share));
    return to;
  }

  std::vector<std::string> words_;
};

TEST_F(BadInput, TruncatedModel) {
  for (const double share : {0.0, 0.001, 0.1, 0.5, 0.99}) {
    set("--model", copy_truncated(tiny_model(), "cut.gguf", share).string());
    expect_refusal(3, {"cut.gguf"});
  }
}

TEST_F(BadInput, ModelThatIsNone) {
  std::ofstream(folder_ / "text.gguf") << "this is no model, whatever its name says";
  set("--model", (folder_ / "text.gguf").string());
  expect_refusal(3, {"text.gguf"});
}

TEST_F(BadInput, MissingFiles) {
  set("--model", (folder_ / "none.gguf").string());
  expect_refusal(4, {"none.gguf"});
  words_ = tiny_run(folder_, output_, 40);
  set("--corpus", (folder_ / "none.tsv").string());
  expect_refusal(4, {"none.tsv"});
  words_ = tiny_run(folder_, output_, 40);
  set("--sae", (folder_ / "none").string());
  expect_refusal(4, {"none"});
}

TEST_F(BadInput, FolderThatAnotherProcessWrites) {
  std::filesystem::create_directories(output_);
  const FolderLock other(output_);
  expect_refusal(4, {output_.string(), "another isogloss is writing there"});
}

TEST_F(BadInput, TruncatedSae) {
  const auto weights = folder_ / "sae" / "sae_weights.safetensors";
  const auto size = std::filesystem::file_size(weights);
  for (const std::uintmax_t kept : {std::uintmax_t{0}, std::uintmax_t{5}, size / 2, size - 1}) {
    std::filesystem::resize_file(weights, kept);
    expect_refusal(3, {"sae_weights.safetensors"});
  }
}

TEST_F(BadInput, TruncatedGemmaScope) {
  const auto npz =
      copy_truncated(ISOGLOSS_GOLDEN_DIR "/sae/gemma_scope/params.npz", "params.npz", 0.7);
  set("--sae", npz.string());
  expect_refusal(3, {"params.npz"});
}

TEST_F(BadInput, WeightsThatAreNotNumbers) {
  const auto weights = folder_ / "sae" / "sae_weights.safetensors";
  std::fstream file(weights, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-8, std::ios::end);
  const float nan = std::nanf("");
  file.write(reinterpret_cast<const char*>(&nan), sizeof(nan));
  file.close();
  expect_refusal(3, {"sae_weights.safetensors", "threshold[126] is nan"});
}

TEST_F(BadInput, SaeOfAnotherWidth) {
  write_tiny_sae(folder_ / "wide", 80);
  set("--sae", (folder_ / "wide").string());
  expect_refusal(3, {"80", "64"});
}

TEST_F(BadInput, SaeOfAnotherLayerFailsItsSelfCheck) {
  // Weights of the right width that explain nothing: the tiny SAE's, times −3.
  write_tiny_sae(folder_ / "scaled", 64);
  const auto weights = folder_ / "scaled" / "sae_weights.safetensors";
  auto bytes = read_text(weights);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::vector<float> floats((bytes.size() - 8 - header) / sizeof(float));
  char* const tensors = bytes.data() + 8 + header;
  std::memcpy(floats.data(), tensors, floats.size() * sizeof(float));
  for (float& value : floats) value *= -3;
  std::memcpy(tensors, floats.data(), floats.size() * sizeof(float));
  std::ofstream(weights, std::ios::binary) << bytes;
  set("--sae", (folder_ / "scaled").string());
  expect_refusal(3, {"scaled"});
  words_.push_back("--skip-self-check");
  const auto outcome = run(words_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("warning"));
}

TEST_F(BadInput, HookBeyondTheModelOrUnknown) {
  set("--hook", "blocks.4.hook_resid_post");
  expect_refusal(3, {"blocks.4.hook_resid_post", "4"});
  set("--hook", "blocks.2.hook_mlp_sideways");
  expect_refusal(2, {"hook_mlp_sideways"});
}

TEST_F(BadInput, UnequalMosesFiles) {
  std::ofstream(folder_ / "books.en") << "one\ntwo\nthree\n";
  std::ofstream(folder_ / "books.es") << "uno\ndos\n";
  set("--corpus", (folder_ / "books").string());
  set("--languages", "en,es");
  expect_refusal(3, {"books", "3", "2"});
}

TEST_F(BadInput, InvalidUtf8NamesTheLine) {
  std::ofstream(folder_ / "latin1.tsv", std::ios::binary)
      << "en\tes\nthe sea\tel mar\nyes\ts\xED\n";
  set("--corpus", (folder_ / "latin1.tsv").string());
  expect_refusal(3, {"latin1.tsv:3"});
}

TEST_F(BadInput, TruncatedCorpusRow) {
  std::ofstream(folder_ / "cut.tsv", std::ios::binary) << "en\tes\nthe sea\tel mar\nyes";
  set("--corpus", (folder_ / "cut.tsv").string());
  expect_refusal(3, {"cut.tsv:3"});
}

TEST_F(BadInput, DamagedParquetCorpus) {
  std::ofstream(folder_ / "c.parquet", std::ios::binary) << "PAR1 and then nothing of the kind";
  set("--corpus", (folder_ / "c.parquet").string());
  expect_refusal(3, {"c.parquet"});
}

TEST_F(BadInput, LanguageNotInTheCorpus) {
  set("--languages", "en,xx");
  expect_refusal(3, {"xx", "es"});
}

TEST_F(BadInput, LanguageNamedLikeAWordOfTheResults) {
  std::ofstream(folder_ / "c.tsv") << "en\tglobal\nthe sea\tel mar\n";
  set("--corpus", (folder_ / "c.tsv").string());
  expect_refusal(3, {"c.tsv", "'global'", "another name"});
  set("--languages", "en,global");
  expect_refusal(2, {"c.tsv", "'global'", "another name"});
}

TEST_F(BadInput, SentenceLongerThanTheContext) {
  set("--batch-tokens", "16");
  expect_refusal(3, {"sentence", "--truncate"});
  words_.push_back("--truncate");
  const auto cut = run(words_);
  EXPECT_EQ(cut.exit_code, 0) << cut.err;
}

TEST_F(BadInput, WrongUsage) {
  const std::vector<std::vector<std::string>> calls = {{},
                                                       {"fly"},
                                                       {"run"},
                                                       {"run", "--modle", "x"},
                                                       {"show", "twelve", "out"},
                                                       {"score"},
                                                       {"demo", "--samples", "-3"}};
  for (const auto& call : calls) {
    const auto outcome = run(call);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

TEST_F(BadInput, ConfigurationFileNamesTheLine) {
  std::ofstream(folder_ / "run.toml") << "samples = 5\nsampels = 6\n";
  words_ = {"run", "--config", (folder_ / "run.toml").string()};
  const auto outcome = run(words_);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("run.toml:2"), HasSubstr("sampels")));
}

TEST_F(BadInput, FullDiskLosesNothing) {
  // No file over 20 KiB: the first shard fits, something later does not.
  const auto full = run(words_, "ulimit -f 40; trap '' XFSZ;");
  EXPECT_EQ(full.exit_code, 4) << full.err;
  EXPECT_EQ(std::count(full.err.begin(), full.err.end(), '\n'), 1) << full.err;
  for (const auto& [name, content] : snapshot(output_)) EXPECT_FALSE(name.ends_with(".part"));
  EXPECT_EQ(run(words_).exit_code, 0);
  const auto whole = folder_ / "whole";
  ASSERT_EQ(run(tiny_run(folder_, whole, 40)).exit_code, 0);
  EXPECT_EQ(snapshot(output_), snapshot(whole));
}

TEST_F(BadInput, DamagedResultsAreNamed) {
  ASSERT_EQ(run(words_).exit_code, 0);
  const auto shard = output_ / "maxima/part-00000.parquet";
  std::filesystem::resize_file(shard, std::filesystem::file_size(shard) / 2);
  const auto scored = run({"score", output_.string()});
  EXPECT_EQ(scored.exit_code, 3);
  EXPECT_THAT(scored.err, HasSubstr("part-00000.parquet"));
  std::ofstream(output_ / "manifest.json") << "{\"schema_version\": 1";
  const auto shown = run({"show", "1", output_.string()});
  EXPECT_EQ(shown.exit_code, 3);
  EXPECT_THAT(shown.err, HasSubstr("manifest.json"));
}

TEST_F(BadInput, UnfinishedOrMissingResults) {
  const auto missing = run({"report", (folder_ / "nowhere").string()});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("nowhere"));
  words_.front() = "extract";
  ASSERT_EQ(run(words_).exit_code, 0);
  const auto unscored = run({"report", output_.string()});
  EXPECT_EQ(unscored.exit_code, 3) << unscored.err;
  EXPECT_THAT(unscored.err, HasSubstr("isogloss score"));
  ASSERT_EQ(run({"score", output_.string()}).exit_code, 0);
  const auto beyond = run({"show", "99999", output_.string()});
  EXPECT_EQ(beyond.exit_code, 2) << beyond.err;
}

}  // namespace
}  // namespace isogloss::test

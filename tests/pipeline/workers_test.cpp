#include "isogloss/pipeline/workers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/store/activations.h"
#include "tests/support/tiny_inputs.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1 << 20;

TEST(PlanWorkers, IsAThreadForEach) {
  EXPECT_EQ(plan_workers(4, 1000, kMiB, 100 * kMiB), (WorkerPlan{4, 1}));
  EXPECT_EQ(plan_workers(1, 1000, kMiB, 100 * kMiB), (WorkerPlan{1, 1}));
}

TEST(PlanWorkers, IsNoMoreThanThereAreBatches) {
  EXPECT_EQ(plan_workers(8, 1, kMiB, 100 * kMiB), (WorkerPlan{1, 8}));
  EXPECT_EQ(plan_workers(8, 3, kMiB, 100 * kMiB), (WorkerPlan{2, 3}));
  EXPECT_EQ(plan_workers(8, 0, kMiB, 100 * kMiB), (WorkerPlan{1, 8}));
}

TEST(PlanWorkers, SharesThreadsOutWhereMemoryIsShort) {
  EXPECT_EQ(plan_workers(64, 1000, 300 * kMiB, 10'000 * kMiB), (WorkerPlan{32, 2}));
  EXPECT_EQ(plan_workers(16, 1000, 300 * kMiB, 200 * kMiB), (WorkerPlan{1, 16}));
}

class Workers : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / (std::string("isogloss-workers-") + test->name());
    fs::remove_all(folder_);
    test::write_tiny_sae(folder_ / "sae", 64);
    test::write_tiny_corpus(folder_ / "corpus.tsv", 500);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Extraction run(std::int32_t n_threads, const RunControl& control = {}) {
    ExtractOptions options;
    options.model = test::tiny_model();
    options.saes = {{folder_ / "sae", "blocks.2.hook_resid_post"}};
    options.corpus = folder_ / "corpus.tsv";
    options.output = folder_ / std::to_string(n_threads);
    options.n_threads = n_threads;
    options.max_tokens_per_batch = 128;
    options.corpus_options.clean = false;
    return extract(options, control).front();
  }

  /// Every file of a folder with its bytes.
  static std::map<fs::path, std::string> content(const fs::path& folder) {
    std::map<fs::path, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path().lexically_relative(folder)] = {std::istreambuf_iterator<char>(file), {}};
    }
    return files;
  }

  fs::path folder_;
};

TEST_F(Workers, WriteTheSameBytesHoweverMany) {
  const auto one = run(1);
  ASSERT_GE(one.manifest.shards.size(), 3U);
  const auto expected = content(one.folder.activations());
  EXPECT_EQ(expected.size(), one.manifest.shards.size());
  for (const std::int32_t n_threads : {2, 5}) {
    const auto several = run(n_threads);
    EXPECT_EQ(several.manifest.self_check->n_tokens, one.manifest.self_check->n_tokens);
    EXPECT_EQ(several.manifest.self_check->fvu, one.manifest.self_check->fvu);
    EXPECT_EQ(content(several.folder.activations()), expected) << n_threads << " threads";
    EXPECT_EQ(content(several.folder.maxima()), content(one.folder.maxima()));
  }
}

// Every sentence has a twin in the other language; the batches put them beside others.
TEST_F(Workers, GiveIdenticalTextIdenticalActivations) {
  std::ofstream corpus(folder_ / "corpus.tsv");
  corpus << "en\tes\n";
  for (int row = 0; row < 60; ++row) {
    const auto text = fmt::format("the stone {} is in the sea{}", row, std::string(row % 7, 'a'));
    corpus << text << "\t" << text << "\n";
  }
  corpus.close();
  const auto extraction = run(2);
  using Key = std::tuple<std::int32_t, std::int32_t>;  // sample, position
  std::map<Key, std::vector<std::pair<std::int32_t, float>>> rows[2];
  const auto& languages = extraction.manifest.inputs.languages;
  visit_activations(extraction.folder, languages, [&](const ActivationShard& shard) {
    const auto& all = shard.activations;
    for (std::size_t r = 0; r < shard.sample.size(); ++r) {
      auto& row = rows[shard.language[r]][{shard.sample[r], shard.position[r]}];
      for (auto i = all.offsets[r]; i < all.offsets[r + 1]; ++i) {
        const auto at = static_cast<std::size_t>(i);
        row.emplace_back(all.features[at], all.values[at]);
      }
    }
  });
  EXPECT_GT(rows[0].size(), 600U);
  EXPECT_EQ(rows[0], rows[1]);
}

TEST_F(Workers, ReportTheProgressOfAllOnTheCallingThread) {
  const auto caller = std::this_thread::get_id();
  std::int64_t done = 0;
  std::int64_t total = -1;
  RunControl control;
  control.progress = [&](const ProgressUpdate& update) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    if (update.stage != "extract") return;
    EXPECT_GE(update.done, done);
    done = update.done;
    total = update.total;
  };
  run(3, control);
  EXPECT_EQ(done, total);
}

TEST_F(Workers, ResumeWhatAStopLeft) {
  std::atomic<bool> stop = false;
  RunControl control;
  control.stop = &stop;
  control.progress = [&](const ProgressUpdate& update) {
    if (update.stage == "extract" && update.done > update.total / 2) stop = true;
  };
  try {
    run(3, control);
    FAIL() << "was not stopped";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInterrupted);
  }
  EXPECT_FALSE(content(folder_ / "3/activations").empty());
  const auto resumed = run(3);
  EXPECT_EQ(content(resumed.folder.activations()), content(run(1).folder.activations()));
}

TEST_F(Workers, WriteNoShardOfAnSaeThatFailsTheSelfCheck) {
  // It reproduces its input, which is not what this transcoder is meant to predict.
  const auto path = folder_ / "sae/cfg.json";
  auto cfg = nlohmann::json::parse(std::ifstream(path));
  cfg["architecture"] = "jumprelu_transcoder";
  cfg["d_out"] = cfg["d_in"];
  cfg["metadata"]["hook_name_out"] = "blocks.2.hook_mlp_out";
  std::ofstream(path) << cfg.dump();
  EXPECT_THROW(run(3), Error);
  EXPECT_TRUE(content(folder_ / "3/activations").empty());
}

}  // namespace
}  // namespace isogloss

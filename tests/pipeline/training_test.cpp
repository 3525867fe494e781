// A run under the conditions under which its SAE was trained: BOS, centred weights, contexts.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/store/activations.h"
#include "tests/model/residuals.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/tiny_inputs.h"
#include "tests/support/tiny_rows.h"

namespace isogloss {
namespace {

using nlohmann::json;
using ::testing::Contains;
using testing::GoldenTensors;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::size_t kWidth = 32;

class Training : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::path(::testing::TempDir()) / (std::string("isogloss-") + test->name());
    std::filesystem::remove_all(folder_);
    texts_ = golden_.about().at("texts").get<std::vector<std::string>>();
    test::write_tiny_sae(folder_ / "sae", kWidth);
    std::ofstream corpus(folder_ / "corpus.tsv");
    corpus << "en\tes\n";
    for (const auto& text : texts_) corpus << text << "\t" << text << "\n";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Extracts with an SAE that was trained as `metadata` says.
  Extraction run(json metadata, const char* model = "tiny-gpt2.gguf",
                 std::optional<BosRule> bos = {}, std::int32_t n_threads = 1) {
    if (!metadata.contains("sae_lens_version")) metadata["sae_lens_version"] = "6.54.12";
    if (!metadata.contains("hook_name")) metadata["hook_name"] = "blocks.1.hook_resid_post";
    auto cfg = json::parse(std::ifstream(folder_ / "sae" / "cfg.json"));
    if (metadata.contains("hook_name_out")) {
      cfg.update({{"architecture", "jumprelu_transcoder"},
                  {"apply_b_dec_to_input", false},
                  {"d_out", cfg["d_in"]}});
    }
    cfg["metadata"] = std::move(metadata);
    std::ofstream(folder_ / "sae" / "cfg.json") << cfg.dump();
    ExtractOptions options;
    options.model = std::string(ISOGLOSS_GOLDEN_DIR "/") + model;
    options.saes = {{folder_ / "sae", ""}};
    options.corpus = folder_ / "corpus.tsv";
    options.output = folder_ / "out";
    options.corpus_options.clean = false;
    options.n_threads = n_threads;
    options.bos = bos;
    warnings_.clear();
    RunControl control;
    control.warn = [&](std::string_view line) { warnings_.emplace_back(line); };
    return extract(options, control).front();
  }

  /// Compares every row, put together from the SAE's positive and negative features, with the
  /// golden rows called `kind`, which begin with `n_special` rows that do not count.
  void expect_rows(const Extraction& extraction, const std::string& kind, std::size_t n_special) {
    const auto& languages = extraction.manifest.inputs.languages;
    std::size_t n_rows = 0;
    visit_activations(extraction.folder, languages, [&](const ActivationShard& shard) {
      for (std::size_t r = 0; r < shard.sample.size(); ++r, ++n_rows) {
        const auto golden = golden_.floats(fmt::format("{}.{}", shard.sample[r], kind));
        const auto position = static_cast<std::size_t>(shard.position[r]);
        ASSERT_GE(position, n_special);
        EXPECT_LT(testing::relative_error(test::decoded_row(shard.activations, r, kWidth),
                                          std::span(golden).subspan(position * kWidth, kWidth)),
                  0.02)
            << kind << ", text " << shard.sample[r] << ", position " << position;
      }
    });
    EXPECT_GT(n_rows, 100U);
  }

  GoldenTensors golden_{"tiny-gpt2-residual.safetensors"};
  std::vector<std::string> texts_;
  std::filesystem::path folder_;
  std::vector<std::string> warnings_;
};

TEST_F(Training, WithBosAddsTheOneThatTheTokenizerDoesNot) {
  const auto extraction = run({{"prepend_bos", true}});
  expect_rows(extraction, "bos", 1);
  EXPECT_EQ(extraction.manifest.inputs.bos, BosRule::kAlways);
  EXPECT_EQ(extraction.manifest.first_token, "<|endoftext|>");
  EXPECT_THAT(warnings_, Contains(HasSubstr("every sentence begins with <|endoftext|>")));
  EXPECT_THAT(warnings_, Not(Contains(HasSubstr("without BOS"))));
}

// The tiny SAE encodes its input without loss, and these two hooks hold the same.
TEST_F(Training, ATranscoderIsHeldAgainstWhatItPredicts) {
  const auto extraction = run(
      {{"hook_name", "blocks.0.hook_resid_post"}, {"hook_name_out", "blocks.1.hook_resid_pre"}});
  ASSERT_TRUE(extraction.manifest.self_check);
  EXPECT_LT(extraction.manifest.self_check->fvu, 0.01);
  EXPECT_THAT(warnings_, Not(Contains(HasSubstr("transcoder"))));
}

TEST_F(Training, ATranscoderThatPredictsBadlyIsRefused) {
  try {
    run({{"hook_name", "blocks.0.hook_resid_post"}, {"hook_name_out", "blocks.1.hook_mlp_out"}});
    FAIL() << "no error thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("blocks.1.hook_mlp_out"));
  }
}

TEST_F(Training, ATranscoderIsNotJudgedByWhatTheModelLacks) {
  const auto extraction =
      run({{"hook_name", "blocks.0.hook_resid_post"}, {"hook_name_out", "blocks.9.hook_mlp_out"}});
  ASSERT_TRUE(extraction.manifest.self_check);
  EXPECT_TRUE(std::isnan(extraction.manifest.self_check->fvu));
  EXPECT_GT(extraction.manifest.self_check->l0, 0);
  EXPECT_THAT(warnings_, Contains(HasSubstr("blocks.9.hook_mlp_out is not captured")));
}

TEST_F(Training, WithoutBosAddsNone) {
  const auto extraction = run({{"prepend_bos", false}});
  expect_rows(extraction, "no_bos", 0);
  EXPECT_EQ(extraction.manifest.first_token, "");
  EXPECT_THAT(warnings_, Contains(HasSubstr("the first token of a sentence")));
}

TEST_F(Training, UnknownFollowsTheTokenizer) {
  const auto extraction = run(json::object());
  expect_rows(extraction, "no_bos", 0);
  EXPECT_EQ(extraction.manifest.inputs.bos, BosRule::kTokenizer);
}

TEST_F(Training, ContradictedByAnOptionIsSaid) {
  const auto extraction = run({{"prepend_bos", true}}, "tiny-gpt2.gguf", BosRule::kNever);
  expect_rows(extraction, "no_bos", 0);
  EXPECT_THAT(warnings_, Contains(HasSubstr("trained with BOS (prepend_bos), used without BOS")));
}

TEST_F(Training, OnCenteredWeightsCentersTheRows) {
  const auto extraction =
      run({{"prepend_bos", true},
           {"model_from_pretrained_kwargs", {{"center_writing_weights", true}}}});
  expect_rows(extraction, "centered", 1);
  EXPECT_TRUE(extraction.manifest.centered);
}

TEST_F(Training, OnWeightsThatAnOlderFileLeavesOpenIsSaid) {
  const auto extraction = run({{"sae_lens_version", "3.13.0"}});
  expect_rows(extraction, "bos", 1);
  EXPECT_FALSE(extraction.manifest.centered);
  EXPECT_THAT(warnings_, Contains(HasSubstr("\"center_writing_weights\": true")));
}

TEST_F(Training, OnLongerOrOtherInputIsSaid) {
  run({{"prepend_bos", true}, {"context_size", 8}, {"seqpos_slice", {nullptr, 4}}});
  EXPECT_THAT(warnings_, Contains(HasSubstr("contexts of 8 tokens; 4 of 8 sentences are longer")));
  EXPECT_THAT(warnings_, Contains(HasSubstr("seqpos_slice")));
}

TEST_F(Training, OnMoreThreadsThanCoresIsSaid) {
  run(json::object(), "tiny-gpt2.gguf", {}, usable_cores() + 1);
  EXPECT_THAT(warnings_, Contains(HasSubstr(fmt::format("--threads {}", usable_cores()))));
}

TEST_F(Training, AsTheTokenizerDoesNeedsNoWord) {
  test::write_tiny_sae(folder_ / "sae", 64);
  const auto extraction =
      run({{"prepend_bos", true},
           {"context_size", 512},
           {"model_from_pretrained_kwargs", {{"center_writing_weights", true}}}},
          "tiny-gemma2.gguf");
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_FALSE(extraction.manifest.centered) << "RMSNorm does not subtract the mean";
}

}  // namespace
}  // namespace isogloss

// One run at hook points of several kinds and widths, on a tiny Llama whose heads are together
// wider than its residual stream (tools/golden/tiny_hooks.py).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "isogloss/core/error.h"
#include "isogloss/pipeline/add_logit_effects.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/store/activations.h"
#include "tests/model/residuals.h"
#include "tests/support/golden_tensors.h"
#include "tests/support/tiny_inputs.h"
#include "tests/support/tiny_rows.h"

namespace isogloss {
namespace {

using ::testing::Contains;
using testing::GoldenTensors;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kModelWidth = 32;
constexpr std::size_t kHeadsWidth = 48;
constexpr std::size_t kSequences = 2;

/// The text of which these are the tokens after BOS: letters, in the script's order.
std::string text_of(const std::vector<std::int32_t>& ids) {
  constexpr std::int32_t kLower = 3, kUpper = 29;
  std::string text;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    text += static_cast<char>(ids[i] < kUpper ? 'a' + ids[i] - kLower : 'A' + ids[i] - kUpper);
  }
  return text;
}

class HooksOfARun : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("isogloss-hooks-") + test->name());
    std::filesystem::remove_all(folder_);
    test::write_tiny_sae(folder_ / "narrow", kModelWidth);
    test::write_tiny_sae(folder_ / "wide", kHeadsWidth);
    std::ofstream corpus(folder_ / "corpus.tsv");
    corpus << "en\tes\n";
    for (std::size_t i = 0; i < kSequences; ++i) {
      const auto text = text_of(golden_.integers(fmt::format("{}.ids", i)));
      corpus << text << "\t" << text << "\n";
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::vector<Extraction> run(std::vector<SaeAtHook> saes) {
    ExtractOptions options;
    options.model = ISOGLOSS_GOLDEN_DIR "/hooks/llama.gguf";
    options.saes = std::move(saes);
    options.corpus = folder_ / "corpus.tsv";
    options.output = folder_ / "out";
    options.corpus_options.clean = false;
    options.n_threads = 1;
    options.bos = BosRule::kAlways;
    RunControl control;
    control.warn = [&](std::string_view line) { warnings_.emplace_back(line); };
    return extract(options, control);
  }

  /// Compares every row, put together from the SAE's positive and negative features.
  void expect_golden_rows(const Extraction& extraction, std::size_t width) {
    const auto& inputs = extraction.manifest.inputs;
    std::size_t n_rows = 0;
    visit_activations(extraction.folder, inputs.languages, [&](const ActivationShard& shard) {
      for (std::size_t r = 0; r < shard.sample.size(); ++r, ++n_rows) {
        const auto golden = golden_.floats(fmt::format("{}.{}", shard.sample[r], inputs.hook));
        const auto first = static_cast<std::size_t>(shard.position[r]) * width;
        EXPECT_LT(testing::relative_error(test::decoded_row(shard.activations, r, width),
                                          std::span(golden).subspan(first, width)),
                  0.02)
            << inputs.hook << ", sentence " << shard.sample[r];
      }
    });
    EXPECT_EQ(n_rows, 2U * (11 + 4)) << inputs.hook;
  }

  GoldenTensors golden_{"hooks/llama.safetensors"};
  std::filesystem::path folder_;
  std::vector<std::string> warnings_;
};

TEST_F(HooksOfARun, MayBeOfSeveralKindsAndWidths) {
  const auto extractions = run({{folder_ / "wide", "blocks.1.attn.hook_z"},
                                {folder_ / "narrow", "model.layers.0.mlp.input"},
                                {folder_ / "narrow", "blocks.1.hook_resid_mid"},
                                {folder_ / "wide", "model.layers.0.self_attn.o_proj.input"}});
  ASSERT_EQ(extractions.size(), 4U);
  const std::pair<const char*, std::size_t> kExpected[] = {{"blocks.1.attn.hook_z", kHeadsWidth},
                                                           {"blocks.0.mlp.hook_in", kModelWidth},
                                                           {"blocks.1.hook_resid_mid", kModelWidth},
                                                           {"blocks.0.attn.hook_z", kHeadsWidth}};
  for (std::size_t i = 0; i < extractions.size(); ++i) {
    const auto& [name, width] = kExpected[i];
    EXPECT_EQ(extractions[i].manifest.inputs.hook, name);
    EXPECT_EQ(extractions[i].folder.root, folder_ / "out" / name);
    expect_golden_rows(extractions[i], width);
  }
}

TEST_F(HooksOfARun, AnSaeOfTheModelsWidthDoesNotReadTheHeads) {
  try {
    run({{folder_ / "narrow", "blocks.1.attn.hook_z"}});
    FAIL() << "took an SAE of another width";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("reads 32 numbers per token"));
    EXPECT_THAT(error.what(), HasSubstr("has 48 at blocks.1.attn.hook_z"));
  }
}

/// Σ‖y − x‖² / Σ‖y − mean(y)‖² of the golden rows after BOS, in both languages.
double golden_fvu(const GoldenTensors& golden, const std::string& x_hook,
                  const std::string& y_hook) {
  std::vector<double> mean(kModelWidth);
  std::vector<float> x, y;
  for (std::size_t i = 0; i < kSequences; ++i) {
    const auto x_rows = golden.floats(fmt::format("{}.{}", i, x_hook));
    const auto y_rows = golden.floats(fmt::format("{}.{}", i, y_hook));
    x.insert(x.end(), x_rows.begin() + kModelWidth, x_rows.end());
    y.insert(y.end(), y_rows.begin() + kModelWidth, y_rows.end());
  }
  const auto n_rows = static_cast<double>(y.size() / kModelWidth);
  for (std::size_t i = 0; i < y.size(); ++i) mean[i % kModelWidth] += y[i] / n_rows;
  double unexplained = 0, variance = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    unexplained += (y[i] - x[i]) * (y[i] - x[i]);
    variance += (y[i] - mean[i % kModelWidth]) * (y[i] - mean[i % kModelWidth]);
  }
  return unexplained / variance;
}

// A transcoder that gives back what it reads.
TEST_F(HooksOfARun, ATranscoderIsCheckedAgainstWhatItPredicts) {
  const std::string x = "blocks.1.hook_resid_mid", y = "blocks.1.hook_resid_post";
  auto cfg = nlohmann::json::parse(std::ifstream(folder_ / "narrow" / "cfg.json"));
  cfg["architecture"] = "jumprelu_transcoder";
  cfg["d_out"] = kModelWidth;
  cfg["metadata"] = {{"sae_lens_version", "6.54.12"}, {"hook_name", x}, {"hook_name_out", y}};
  std::ofstream(folder_ / "narrow" / "cfg.json") << cfg.dump();
  const auto extraction = run({{folder_ / "narrow", ""}}).front();
  ASSERT_TRUE(extraction.manifest.self_check.has_value());
  EXPECT_NEAR(extraction.manifest.self_check->fvu, golden_fvu(golden_, x, y), 0.01);
  EXPECT_THAT(warnings_, Not(Contains(HasSubstr("transcoder"))));
  const auto effects = feature_logit_effects(extraction.folder, extraction.manifest, 5, {});
  EXPECT_TRUE(effects.has_value());
}

TEST_F(HooksOfARun, AnSaeWhoseHookIsNotUnderstoodIsNamed) {
  auto cfg = nlohmann::json::parse(std::ifstream(folder_ / "narrow" / "cfg.json"));
  cfg["metadata"]["hook_name"] = "blocks.1.hook_mlp_in";
  std::ofstream(folder_ / "narrow" / "cfg.json") << cfg.dump();
  try {
    run({{folder_ / "narrow", ""}});
    FAIL() << "took a name of two places";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr((folder_ / "narrow").string()));
    EXPECT_THAT(error.what(), HasSubstr("'blocks.1.hook_mlp_in'"));
    EXPECT_THAT(error.what(), HasSubstr("--hook"));
  }
}

// write_tiny_sae says blocks.2.hook_resid_post.
TEST_F(HooksOfARun, AnotherNameOfTheSamePlaceIsNoContradiction) {
  auto cfg = nlohmann::json::parse(std::ifstream(folder_ / "narrow" / "cfg.json"));
  cfg["metadata"]["hook_name"] = "model.layers.1";
  std::ofstream(folder_ / "narrow" / "cfg.json") << cfg.dump();
  run({{folder_ / "narrow", "blocks.1.hook_resid_post"}});
  EXPECT_THAT(warnings_, Not(Contains(HasSubstr("trained on"))));
  std::filesystem::remove_all(folder_ / "out");
  run({{folder_ / "narrow", "blocks.0.hook_resid_post"}});
  EXPECT_THAT(warnings_, Contains(HasSubstr("trained on model.layers.1, used on blocks.0")));
}

TEST_F(HooksOfARun, OnlyDirectionsOfTheResidualStreamPromoteTokens) {
  const auto extractions = run({{folder_ / "wide", "blocks.1.attn.hook_z"},
                                {folder_ / "narrow", "blocks.1.mlp.hook_in"},
                                {folder_ / "narrow", "blocks.1.hook_resid_mid"},
                                {folder_ / "narrow", "model.layers.1.mlp"}});
  RunControl control;
  control.warn = [&](std::string_view line) { warnings_.emplace_back(line); };
  for (const std::size_t i : {0, 1, 2, 3}) {
    warnings_.clear();
    const auto& [folder, manifest, was_complete] = extractions[i];
    const auto effects = feature_logit_effects(folder, manifest, 5, control);
    EXPECT_EQ(effects.has_value(), i >= 2) << manifest.inputs.hook;
    if (i >= 2) continue;
    EXPECT_THAT(warnings_, Contains(HasSubstr(manifest.inputs.hook + " is not in the residual")));
  }
}

}  // namespace
}  // namespace isogloss

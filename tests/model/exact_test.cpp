// Exact arithmetic against transformers, on tiny models with weights of few bits
// (tools/golden/tiny_quantized.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/model/llama_source.h"
#include "tests/model/residuals.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::GoldenTensors;
using ::testing::HasSubstr;
using testing::relative_error;

constexpr std::size_t kSequences = 2;
const std::vector<HookPoint> kHooks{parse_hook_point("blocks.0.hook_resid_post"),
                                    parse_hook_point("blocks.1.hook_resid_post")};

std::filesystem::path model_file(const std::string& model) {
  return ISOGLOSS_GOLDEN_DIR "/quantized/" + model + ".gguf";
}

class ExactRows : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path file_ = model_file(GetParam());
  GoldenTensors golden_{std::string("quantized/") + GetParam() + ".safetensors"};

  std::vector<TokenSequence> sequences() const {
    std::vector<TokenSequence> sequences;
    for (std::size_t i = 0; i < kSequences; ++i) {
      sequences.push_back({golden_.integers(std::to_string(i) + ".ids")});
    }
    return sequences;
  }

  /// The rows of both hook points, of all sequences in one batch.
  std::vector<std::vector<float>> run(const LlamaOptions& options) const {
    const auto source = open_llama_source(file_, kHooks, options);
    const auto rows = source->run(sequences());
    return {{rows[0].begin(), rows[0].end()}, {rows[1].begin(), rows[1].end()}};
  }

  /// The largest error of a row, relative to the row.
  double largest_error(const std::vector<std::vector<float>>& rows) const {
    double largest = 0;
    for (std::size_t h = 0; h < kHooks.size(); ++h) {
      std::vector<float> expected;
      for (std::size_t i = 0; i < kSequences; ++i) {
        const auto part = golden_.floats(std::to_string(i) + "." + kHooks[h].name);
        expected.insert(expected.end(), part.begin(), part.end());
      }
      EXPECT_EQ(rows[h].size(), expected.size());
      const auto width = static_cast<std::size_t>(inspect_gguf(file_).d_model);
      for (std::size_t first = 0; first < expected.size(); first += width) {
        largest = std::max(largest, relative_error(std::span(rows[h]).subspan(first, width),
                                                   std::span(expected).subspan(first, width)));
      }
    }
    return largest;
  }
};

TEST_P(ExactRows, AreThoseOfTheDequantisedWeights) {
  EXPECT_LT(largest_error(run({.n_threads = 1, .exact = true})), 2e-6);
}

// What a quantised model's ordinary arithmetic leaves, so that the test above cannot pass by it.
TEST_P(ExactRows, AreNotTheOrdinaryOnes) { EXPECT_GT(largest_error(run({.n_threads = 1})), 1e-4); }

TEST_P(ExactRows, DoNotDependOnThreadsAndSentencesBeside) {
  const auto together = run({.n_threads = 1, .exact = true});
  EXPECT_EQ(run({.n_threads = 3, .exact = true}), together);
  std::vector<std::vector<float>> one_by_one(kHooks.size());
  const auto source = open_llama_source(file_, kHooks, {.n_threads = 1, .exact = true});
  for (const auto& sequence : sequences()) {
    const auto rows = source->run({&sequence, 1});
    for (std::size_t h = 0; h < kHooks.size(); ++h) {
      one_by_one[h].insert(one_by_one[h].end(), rows[h].begin(), rows[h].end());
    }
  }
  EXPECT_EQ(one_by_one, together);
}

INSTANTIATE_TEST_SUITE_P(Models, ExactRows,
                         ::testing::Values("llama-q8_0", "llama-q4_0", "qwen2-q4_1", "gemma3-q5_0",
                                           "gemma2-q5_1", "qwen3moe-q8_0", "qwen3moe-mxfp4",
                                           "phi3-bf16", "gpt2-f16"),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

void expect_refusal(const LlamaOptions& options, ErrorCode code, const char* what) {
  const auto file = model_file("llama-q8_0");
  try {
    const auto source = open_llama_source(file, kHooks, options);
    const TokenSequence sequence{{1, 7, 30}};
    source->run({&sequence, 1});
    ADD_FAILURE() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), HasSubstr(what));
    EXPECT_THAT(error.what(), HasSubstr("--exact"));
  }
}

TEST(Exact, IsRefusedOnAGpu) {
  expect_refusal({.n_gpu_layers = 1, .exact = true}, ErrorCode::kUsage, "--gpu-layers");
}

TEST(Exact, IsRefusedWhereGgmlIsLeftWithWhatItRounds) {
  expect_refusal({.own_attention = false, .exact = true}, ErrorCode::kBadInput, "FLASH_ATTN_EXT");
}

}  // namespace
}  // namespace isogloss

// Every hook point against transformers, on tiny random models of many kinds
// (tools/golden/tiny_hooks.py).
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

constexpr std::int32_t kLayers = 2;
constexpr std::size_t kSequences = 2;

std::filesystem::path model_file(const std::string& model) {
  return ISOGLOSS_GOLDEN_DIR "/hooks/" + model + ".gguf";
}

class HookRows : public ::testing::TestWithParam<const char*> {
 protected:
  std::string model_ = GetParam();
  std::filesystem::path file_ = model_file(model_);
  GoldenTensors golden_{"hooks/" + model_ + ".safetensors"};

  /// The hook points of both blocks for which the golden file has rows, in the table's order.
  std::vector<HookPoint> hooks() const {
    std::vector<HookPoint> hooks;
    for (std::int32_t layer = 0; layer < kLayers; ++layer) {
      for (const auto site : hook_sites()) {
        const auto name = "blocks." + std::to_string(layer) + "." + std::string(to_string(site));
        if (golden_.holds("0." + name)) hooks.push_back(parse_hook_point(name));
      }
    }
    return hooks;
  }

  std::vector<TokenSequence> sequences() const {
    std::vector<TokenSequence> sequences;
    for (std::size_t i = 0; i < kSequences; ++i) {
      sequences.push_back({golden_.integers(std::to_string(i) + ".ids")});
    }
    return sequences;
  }

  std::unique_ptr<ActivationSource> open(std::span<const HookPoint> hooks) const {
    return open_llama_source(file_, hooks, {.n_threads = 1});
  }

  static constexpr double kTolerance = 3e-6;  // the largest of any is 1.9e-6

  /// The rows of each hook point, of all sequences: in one batch, except for hybrid models.
  static std::vector<std::vector<float>> run(ActivationSource& source,
                                             const std::vector<TokenSequence>& sequences) {
    std::vector<std::vector<float>> all;
    const auto at_once = static_cast<std::size_t>(source.max_sequences_per_batch());
    for (std::size_t first = 0; first < sequences.size(); first += at_once) {
      const auto n = std::min(at_once, sequences.size() - first);
      const auto rows = source.run(std::span(sequences).subspan(first, n));
      all.resize(rows.size());
      for (std::size_t h = 0; h < rows.size(); ++h) {
        all[h].insert(all[h].end(), rows[h].begin(), rows[h].end());
      }
    }
    return all;
  }

  void expect_rows(std::span<const float> rows, std::size_t width, std::size_t sequence,
                   const std::string& hook) const {
    const auto expected = golden_.floats(std::to_string(sequence) + "." + hook);
    ASSERT_EQ(rows.size(), expected.size()) << hook;
    for (std::size_t first = 0; first < rows.size(); first += width) {
      const auto error =
          relative_error(rows.subspan(first, width), std::span(expected).subspan(first, width));
      EXPECT_LT(error, kTolerance) << hook << ", position " << first / width;
    }
  }
};

TEST_P(HookRows, AreThoseOfTransformers) {
  const auto hooks = this->hooks();
  const auto source = open(hooks);
  const auto sequences = this->sequences();
  const auto rows = run(*source, sequences);
  for (std::size_t h = 0; h < hooks.size(); ++h) {
    const auto width = static_cast<std::size_t>(source->width(h));
    std::size_t first = 0;
    for (std::size_t i = 0; i < kSequences; ++i) {
      const auto size = sequences[i].ids.size() * width;
      expect_rows(std::span(rows[h]).subspan(first, size), width, i, hooks[h].name);
      first += size;
    }
    EXPECT_EQ(first, rows[h].size()) << hooks[h].name;
  }
}

// The evaluation stops at the hook point, and is watched at others too or not.
TEST_P(HookRows, AreTheBitsThatEachHookGivesAlone) {
  const auto hooks = this->hooks();
  const auto sequences = this->sequences();
  const auto together = open(hooks);
  const auto rows = run(*together, sequences);
  for (std::size_t h = 0; h < hooks.size(); ++h) {
    const auto alone = open({&hooks[h], 1});
    EXPECT_THAT(run(*alone, sequences).front(), ::testing::ElementsAreArray(rows[h]))
        << hooks[h].name;
    EXPECT_EQ(alone->width(0), together->width(h));
  }
}

// The recurrent blocks of a hybrid model keep a state between batches.
TEST_P(HookRows, AreThoseOfTheBatchAlone) {
  const auto hooks = this->hooks();
  const auto source = open(hooks);
  const auto sequences = this->sequences();
  const auto fresh = run(*source, {sequences[0]});
  run(*source, {sequences[1]});
  EXPECT_EQ(run(*source, {sequences[0]}), fresh);
}

TEST_P(HookRows, DoNotDependOnTheSentencesBeside) {
  const auto hooks = this->hooks();
  const auto source = open(hooks);
  const auto sequences = this->sequences();
  const auto together = run(*source, sequences);
  std::vector<std::vector<float>> one_by_one(hooks.size());
  for (const auto& sequence : sequences) {
    const auto rows = run(*source, {sequence});
    for (std::size_t h = 0; h < hooks.size(); ++h) {
      one_by_one[h].insert(one_by_one[h].end(), rows[h].begin(), rows[h].end());
    }
  }
  EXPECT_EQ(one_by_one, together);
}

TEST_P(HookRows, HaveTheWidthThatTheHeaderSays) {
  const auto hooks = this->hooks();
  const auto widths = hook_widths(file_, hooks);
  for (std::size_t h = 0; h < hooks.size(); ++h) {
    const auto rows = golden_.floats("0." + hooks[h].name);
    EXPECT_EQ(static_cast<std::size_t>(widths[h]) * golden_.integers("0.ids").size(), rows.size());
  }
}

TEST_P(HookRows, OtherHooksAreRefusedByName) {
  for (const auto site : hook_sites()) {
    const auto name = "blocks.1." + std::string(to_string(site));
    if (golden_.holds("0." + name)) continue;
    const std::vector hooks{parse_hook_point(name)};
    try {
      open(hooks);
      ADD_FAILURE() << name << " was opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput);
      EXPECT_THAT(error.what(), HasSubstr(name));
      EXPECT_THAT(error.what(), HasSubstr("attn.hook_z"));
      EXPECT_THAT(error.what(), HasSubstr("hook_resid_post"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, HookRows,
                         ::testing::Values("cohere", "gemma", "gemma2", "gemma3", "glm4", "gpt2",
                                           "gptneox", "gptoss", "llama", "mistral", "olmo2", "phi2",
                                           "phi3", "pythia", "qwen2", "qwen3", "qwen35",
                                           "qwen35moe", "qwen3moe"),
                         [](const auto& model) { return model.param; });

}  // namespace
}  // namespace isogloss

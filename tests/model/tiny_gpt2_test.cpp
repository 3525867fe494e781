// BOS and centred weights as in TransformerLens, on a tiny random GPT-2 whose tokenizer adds no BOS
// (tools/golden/tiny_gpt2.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isogloss/core/error.h"
#include "isogloss/model/llama_source.h"
#include "tests/model/residuals.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::GoldenTensors;
using testing::relative_error;

constexpr std::size_t kWidth = 32;
constexpr std::int32_t kEndOfText = 256;

std::unique_ptr<ActivationSource> open(const char* file, BosRule bos) {
  const std::vector hooks = {parse_hook_point("blocks.1.hook_resid_post")};
  return open_llama_source(std::string(ISOGLOSS_GOLDEN_DIR "/") + file, hooks,
                           {.n_threads = 1, .bos = bos});
}

/// Runs every text of the golden file, tokenized under `bos`, against the rows called `kind`.
void expect_golden_rows(BosRule bos, const std::string& kind) {
  const GoldenTensors golden("tiny-gpt2-residual.safetensors");
  const auto source = open("tiny-gpt2.gguf", bos);
  const auto texts = golden.about().at("texts").get<std::vector<std::string>>();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto expected_ids = golden.integers(std::to_string(i) + ".ids");
    if (bos == BosRule::kAlways) expected_ids.insert(expected_ids.begin(), kEndOfText);
    const TokenSequence sequence{source->tokenize(texts[i])};
    ASSERT_EQ(sequence.ids, expected_ids) << texts[i];
    const auto rows = source->run({&sequence, 1}).front();
    const auto expected = golden.floats(std::to_string(i) + "." + kind);
    ASSERT_EQ(rows.size(), expected.size());
    for (std::size_t row = 0; row < sequence.ids.size(); ++row) {
      const std::span<const float> of_row(expected.data() + row * kWidth, kWidth);
      EXPECT_LT(relative_error(rows.subspan(row * kWidth, kWidth), of_row), 3e-6)
          << texts[i] << ", position " << row;
    }
  }
}

TEST(TinyGpt2, BeginsWithEndOfTextWhereTheSaeWantsBos) {
  expect_golden_rows(BosRule::kAlways, "bos");
}

TEST(TinyGpt2, BeginsAsItsTokenizerDoes) {
  expect_golden_rows(BosRule::kTokenizer, "no_bos");
  expect_golden_rows(BosRule::kNever, "no_bos");
}

TEST(TinyGpt2, SaysWhatBeginsItsSequences) {
  EXPECT_EQ(open("tiny-gpt2.gguf", BosRule::kAlways)->first_token(), kEndOfText);
  EXPECT_EQ(open("tiny-gpt2.gguf", BosRule::kTokenizer)->first_token(), std::nullopt);
  EXPECT_EQ(open("tiny-gpt2.gguf", BosRule::kNever)->first_token(), std::nullopt);
  EXPECT_FALSE(open("tiny-gpt2.gguf", BosRule::kAlways)->tokenizer_adds_bos());
}

TEST(TinyGpt2, HasLayerNorm) {
  EXPECT_TRUE(inspect_gguf(ISOGLOSS_GOLDEN_DIR "/tiny-gpt2.gguf").has_layer_norm);
  EXPECT_FALSE(inspect_gguf(ISOGLOSS_GOLDEN_DIR "/tiny-gemma2.gguf").has_layer_norm);
}

TEST(BosRule, TakesBosAwayOrKeepsTheOneThatIsThere) {
  const auto as_tokenizer = open("tiny-gemma2.gguf", BosRule::kTokenizer);
  EXPECT_TRUE(as_tokenizer->tokenizer_adds_bos());
  const auto with = as_tokenizer->tokenize("the sea");
  ASSERT_EQ(with.front(), as_tokenizer->first_token());
  EXPECT_EQ(open("tiny-gemma2.gguf", BosRule::kAlways)->tokenize("the sea"), with);
  const auto never = open("tiny-gemma2.gguf", BosRule::kNever);
  EXPECT_EQ(never->tokenize("the sea"), std::vector(with.begin() + 1, with.end()));
  EXPECT_EQ(never->first_token(), std::nullopt);
}

TEST(BosRule, HasAWordThatIsReadBack) {
  for (const auto rule : {BosRule::kTokenizer, BosRule::kAlways, BosRule::kNever}) {
    EXPECT_EQ(bos_rule_from(to_string(rule)), rule);
  }
  EXPECT_EQ(bos_rule_from("auto"), std::nullopt);
}

}  // namespace
}  // namespace isogloss

// llama.cpp behind the seam against transformers, on a tiny random Gemma-2 with soft-capping and a
// sliding window of 8 (tools/golden/tiny_gemma2.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <llama.h>

#include <algorithm>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/model/quantized_product_internal.h"
#include "tests/model/residuals.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::GoldenTensors;
using testing::relative_error;

const std::filesystem::path kTiny = ISOGLOSS_GOLDEN_DIR "/tiny-gemma2.gguf";
constexpr std::size_t kWidth = 64;
constexpr std::size_t kTexts = 7;

std::unique_ptr<ActivationSource> open(const std::vector<std::int32_t>& layers,
                                       std::int32_t n_threads = 1) {
  std::vector<HookPoint> hooks;
  for (const auto layer : layers) {
    hooks.push_back(parse_hook_point("blocks." + std::to_string(layer) + ".hook_resid_post"));
  }
  return open_llama_source(kTiny, hooks, {n_threads, 0, 512});
}

std::unique_ptr<ActivationSource> open(std::int32_t layer, std::int32_t n_threads = 1) {
  return open(std::vector{layer}, n_threads);
}

/// The rows of a source of one hook point.
std::span<const float> rows_of(ActivationSource& source, std::span<const TokenSequence> batch) {
  const auto rows = source.run(batch);
  EXPECT_EQ(rows.size(), 1u);
  return rows.front();
}

std::vector<TokenSequence> golden_sequences(const GoldenTensors& golden) {
  std::vector<TokenSequence> sequences;
  for (std::size_t i = 0; i < kTexts; ++i) {
    sequences.push_back({golden.integers(std::to_string(i) + ".ids")});
  }
  return sequences;
}

/// The largest error is 1.2e-6.
void expect_rows(std::span<const float> rows, const GoldenTensors& golden, std::size_t text,
                 std::int32_t layer) {
  const auto expected = golden.floats(std::to_string(text) + "." + std::to_string(layer));
  ASSERT_EQ(rows.size(), expected.size());
  for (std::size_t row = 0; row < rows.size() / kWidth; ++row) {
    const std::span<const float> of_row(expected.data() + row * kWidth, kWidth);
    EXPECT_LT(relative_error(rows.subspan(row * kWidth, kWidth), of_row), 3e-6)
        << "text " << text << ", layer " << layer << ", position " << row;
  }
}

class TinyGemma2 : public ::testing::TestWithParam<std::int32_t> {};

TEST_P(TinyGemma2, SingleSentences) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto source = open(GetParam());
  const auto sequences = golden_sequences(golden);
  for (std::size_t i = 0; i < kTexts; ++i) {
    expect_rows(rows_of(*source, {&sequences[i], 1}), golden, i, GetParam());
  }
}

TEST_P(TinyGemma2, PackedTogether) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto source = open(GetParam());
  const auto sequences = golden_sequences(golden);
  const auto rows = rows_of(*source, sequences);
  std::size_t first = 0;
  for (std::size_t i = 0; i < kTexts; ++i) {
    const auto size = sequences[i].ids.size() * kWidth;
    expect_rows(rows.subspan(first, size), golden, i, GetParam());
    first += size;
  }
  EXPECT_EQ(first, rows.size());
}

// The last layer is a case of its own: llama.cpp keeps only the rows it needs there.
INSTANTIATE_TEST_SUITE_P(EveryLayer, TinyGemma2, ::testing::Range(0, 4));

class SeveralHooks : public ::testing::TestWithParam<std::vector<std::int32_t>> {};

TEST_P(SeveralHooks, GiveTheGoldenRows) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto source = open(GetParam());
  const auto sequences = golden_sequences(golden);
  for (std::size_t i = 0; i < kTexts; ++i) {
    const auto rows = source->run({&sequences[i], 1});
    ASSERT_EQ(rows.size(), GetParam().size());
    for (std::size_t h = 0; h < rows.size(); ++h) {
      expect_rows(rows[h], golden, i, GetParam()[h]);
    }
  }
}

TEST_P(SeveralHooks, GiveTheBitsThatEachGivesAlone) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto sequences = golden_sequences(golden);
  for (const std::int32_t threads : {1, 2}) {
    const auto together = open(GetParam(), threads);
    for (int again = 0; again < 2; ++again) {
      const auto rows = together->run(sequences);
      for (std::size_t h = 0; h < rows.size(); ++h) {
        const auto alone = open(GetParam()[h], threads);
        EXPECT_THAT(rows[h], ::testing::ElementsAreArray(rows_of(*alone, sequences)))
            << "layer " << GetParam()[h] << ", " << threads << " threads";
      }
    }
  }
}

// In order and not, with the last layer and without, a layer twice.
INSTANTIATE_TEST_SUITE_P(Layers, SeveralHooks,
                         ::testing::Values(std::vector<std::int32_t>{0, 2},
                                           std::vector<std::int32_t>{3, 0, 1, 2},
                                           std::vector<std::int32_t>{1, 1},
                                           std::vector<std::int32_t>{3, 1, 3}));

/// The tiny model's weights as Q8_0, the type of which this project has its own products.
std::filesystem::path tiny_in_q8(const std::string& name) {
  const auto path = std::filesystem::path(::testing::TempDir()) / name;
  auto params = llama_model_quantize_default_params();
  params.ftype = LLAMA_FTYPE_MOSTLY_Q8_0;
  EXPECT_EQ(llama_model_quantize(kTiny.c_str(), path.c_str(), &params), 0u);
  return path;
}

std::vector<HookPoint> hooks_of_block(std::int32_t block) {
  std::vector<HookPoint> hooks;
  for (const auto site : hook_sites()) {
    hooks.push_back(
        parse_hook_point("blocks." + std::to_string(block) + "." + std::string(to_string(site))));
  }
  return hooks;
}

/// How far each row of one hook point is from the expected one, ascending.
std::vector<double> row_errors(std::span<const float> rows, std::span<const float> expected) {
  EXPECT_EQ(rows.size(), expected.size());
  std::vector<double> errors;
  for (std::size_t row = 0; row < rows.size(); row += kWidth) {
    errors.push_back(relative_error(rows.subspan(row, kWidth), expected.subspan(row, kWidth)));
  }
  std::ranges::sort(errors);
  return errors;
}

// Rows of the two products differ by as much as quantising moves either, since an activation that
// lies between two steps of its int8 may be rounded to one or the other.
TEST(TinyGemma2InQ8, OwnProductsAreAsNearToFloat32AsGgmls) {
  const auto sequences = golden_sequences(GoldenTensors("tiny-gemma2-residual.safetensors"));
  const auto model = tiny_in_q8("tiny-rows.q8_0.gguf");
  const auto hooks = hooks_of_block(0);
  const auto rows_of_model = [&](const std::filesystem::path& path, bool own_products) {
    const LlamaOptions options{
        .n_threads = 2, .max_tokens_per_batch = 512, .own_products = own_products};
    const auto source = open_llama_source(path, hooks, options);
    std::vector<std::vector<float>> rows;
    for (const auto& of_hook : source->run(sequences))
      rows.emplace_back(of_hook.begin(), of_hook.end());
    return rows;
  };
  const auto expected = rows_of_model(kTiny, true);
  const auto theirs = rows_of_model(model, false);
  const auto ours = rows_of_model(model, true);
  for (std::size_t h = 0; h < hooks.size(); ++h) {
    const auto our_errors = row_errors(ours[h], expected[h]);
    const auto their_errors = row_errors(theirs[h], expected[h]);
    const auto median = our_errors.size() / 2;
    EXPECT_LE(our_errors[median], 1.1 * their_errors[median]) << hooks[h].name;
    EXPECT_LE(our_errors.back(), 1.5 * their_errors.back()) << hooks[h].name;
    if (QuantizedProduct::is_available() && hooks[h].site != HookSite::kResidPre) {
      EXPECT_NE(ours[h], theirs[h]) << hooks[h].name << ": ggml's products ran, not ours";
    }
  }
}

TEST(TinyGemma2InQ8, EachHookGivesItsBitsAlone) {
  const auto sequences = golden_sequences(GoldenTensors("tiny-gemma2-residual.safetensors"));
  const auto model = tiny_in_q8("tiny-alone.q8_0.gguf");
  for (const std::int32_t block : {1, 3}) {
    const auto hooks = hooks_of_block(block);
    const LlamaOptions options{.n_threads = 2, .max_tokens_per_batch = 512};
    const auto together = open_llama_source(model, hooks, options);
    const auto rows = together->run(sequences);
    for (std::size_t h = 0; h < hooks.size(); ++h) {
      const auto alone = open_llama_source(model, {&hooks[h], 1}, options);
      for (int again = 0; again < 2; ++again) {
        EXPECT_THAT(rows_of(*alone, sequences), ::testing::ElementsAreArray(rows[h]))
            << hooks[h].name;
      }
    }
  }
}

TEST(TinyGemma2InQ8, EqualBatchesGiveEqualBits) {
  const auto sequences = golden_sequences(GoldenTensors("tiny-gemma2-residual.safetensors"));
  const auto model = tiny_in_q8("tiny-bits.q8_0.gguf");
  const std::vector<HookPoint> hooks{parse_hook_point("blocks.3.hook_resid_post")};
  std::vector<float> first;
  for (const std::int32_t threads : {1, 2}) {
    const auto source = open_llama_source(model, hooks, {threads, 0, 512});
    for (int again = 0; again < 4; ++again) {
      const auto rows = rows_of(*source, sequences);
      if (first.empty()) first.assign(rows.begin(), rows.end());
      EXPECT_THAT(rows, ::testing::ElementsAreArray(first)) << threads << " threads";
    }
  }
}

TEST(LlamaSource, TokenizesAsTheReference) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto texts = golden.about().at("texts");
  const auto source = open(0);
  for (std::size_t i = 0; i < kTexts; ++i) {
    const auto ids = source->tokenize(texts[i].get<std::string>());
    EXPECT_EQ(ids, golden.integers(std::to_string(i) + ".ids"));
    EXPECT_TRUE(source->is_special(ids[0])) << "BOS first";
    EXPECT_FALSE(source->is_special(ids[1])) << "and once";
  }
}

TEST(LlamaSource, BytesJoinToTheText) {
  const auto source = open(0);
  const std::string text = "der Stein: 42 ñandú, 中文 🙂";
  std::string joined;
  for (const auto id : source->tokenize(text)) joined += source->token_bytes(id);
  EXPECT_EQ(joined, text);
}

TEST(LlamaSource, ControlTokensInTextStayText) {
  const auto source = open(0);
  const auto ids = source->tokenize("<eos><bos>");
  ASSERT_GT(ids.size(), 3u);
  for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_FALSE(source->is_special(ids[i]));
}

TEST(LlamaSource, EqualBatchesGiveEqualBits) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto sequences = golden_sequences(golden);
  for (const std::int32_t threads : {1, 2}) {
    const auto source = open(2, threads);
    const auto rows = rows_of(*source, sequences);
    const std::vector<float> first(rows.begin(), rows.end());
    for (int again = 0; again < 10; ++again) {
      EXPECT_THAT(rows_of(*source, sequences), ::testing::ElementsAreArray(first)) << threads;
    }
    const auto other = open(2, threads);
    EXPECT_THAT(rows_of(*other, sequences), ::testing::ElementsAreArray(first)) << threads;
  }
}

TEST(LlamaSource, SeveralSideBySideGiveTheBitsOfOne) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto sequences = golden_sequences(golden);
  const auto source = open(3);
  std::vector<std::vector<float>> alone;
  for (const auto& sequence : sequences) {
    const auto rows = rows_of(*source, {&sequence, 1});
    alone.emplace_back(rows.begin(), rows.end());
  }
  std::vector<std::jthread> threads;
  for (std::size_t worker = 0; worker < 3; ++worker) {
    threads.emplace_back([&, worker] {
      const auto own = source->another(1 + static_cast<std::int32_t>(worker % 2));
      for (std::size_t i = 0; i < 4 * kTexts; ++i) {
        const auto text = (i + worker) % kTexts;
        EXPECT_THAT(rows_of(*own, {&sequences[text], 1}), ::testing::ElementsAreArray(alone[text]));
      }
    });
  }
}

TEST(LlamaSource, EarlierBatchesLeaveNoTrace) {
  const GoldenTensors golden("tiny-gemma2-residual.safetensors");
  const auto sequences = golden_sequences(golden);
  const auto source = open(3);
  const auto rows = rows_of(*source, {&sequences[3], 1});
  const std::vector<float> fresh(rows.begin(), rows.end());
  source->run(sequences);
  EXPECT_THAT(rows_of(*source, {&sequences[3], 1}), ::testing::ElementsAreArray(fresh));
}

TEST(LlamaSource, RefusesWhatItCannotRun) {
  const auto source = open(1);
  EXPECT_THROW(source->run({}), Error);
  EXPECT_THROW(source->run(std::vector<TokenSequence>{{{}}}), Error);
  EXPECT_THROW(source->run(std::vector<TokenSequence>{{{2, 1'000'000}}}), Error);
  EXPECT_THROW(source->run(std::vector<TokenSequence>{{std::vector<std::int32_t>(513, 5)}}), Error);
  EXPECT_THROW(open(std::vector<std::int32_t>{}), Error);
  EXPECT_THROW(open({1, 4}), Error);
  try {
    open(4);
    FAIL() << "opened a layer the model lacks";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  }
}

}  // namespace
}  // namespace isogloss

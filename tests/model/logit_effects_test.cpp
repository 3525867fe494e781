// What directions say, against torch's and transformers' norms and against the sum written out.
#include "isogloss/model/logit_effects.h"

#include <ggml.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>

#include "isogloss/core/error.h"
#include "isogloss/model/token_piece.h"
#include "tests/model/effects_golden.h"
#include "tests/model/gguf_builder.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::BuiltModel;
using ::testing::ElementsAre;
using testing::expect_effects;
using ::testing::HasSubstr;

const std::string kGolden = ISOGLOSS_GOLDEN_DIR;
// llama.cpp's numbers for token types.
constexpr std::int32_t kNormal = 1;
constexpr std::int32_t kUnknown = 2;
constexpr std::int32_t kControl = 3;
constexpr std::int32_t kUserDefined = 4;
constexpr std::int32_t kUnused = 5;
constexpr std::int32_t kByte = 6;

std::vector<float> random_values(std::size_t n, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (auto& value : values) value = normal(random);
  return values;
}

BuiltModel random_model(std::int32_t d_model, std::int32_t n_vocab) {
  const auto width = static_cast<std::size_t>(d_model);
  BuiltModel model;
  model.d_model = d_model;
  for (std::int32_t i = 0; i < n_vocab; ++i) model.tokens.push_back("t" + std::to_string(i));
  model.tensors = {{"token_embd.weight",
                    {d_model, n_vocab},
                    random_values(width * static_cast<std::size_t>(n_vocab), 1)},
                   {"blk.0.attn_norm.weight", {d_model}, std::vector<float>(width, 1.0F)},
                   {"output_norm.weight", {d_model}, random_values(width, 2)}};
  return model;
}

class LogitEffectsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(::testing::TempDir()) / (std::string(info->name()) + ".gguf");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::vector<LogitEffects> of(const BuiltModel& model, const std::vector<float>& directions,
                               std::int32_t n_top = 3) const {
    write_gguf(model, path_);
    return logit_effects(path_, directions, model.d_model, n_top, {});
  }

  void expect_refusal(const std::vector<float>& directions, std::int32_t d_model,
                      const std::string& said, ErrorCode code = ErrorCode::kBadInput,
                      std::int32_t n_top = 3) const {
    try {
      logit_effects(path_, directions, d_model, n_top, {});
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_THAT(error.what(), HasSubstr(said));
    }
  }

  std::filesystem::path path_;
};

/// effect[v] as written: float64, one after the other.
std::vector<double> effects_of(const std::vector<float>& unembedding,
                               const std::vector<float>& gamma,
                               const std::vector<float>& direction) {
  std::vector<double> effects(unembedding.size() / gamma.size());
  for (std::size_t v = 0; v < effects.size(); ++v) {
    for (std::size_t i = 0; i < gamma.size(); ++i) {
      effects[v] +=
          static_cast<double>(unembedding[v * gamma.size() + i]) * gamma[i] * direction[i];
    }
  }
  return effects;
}

void expect_extremes(const LogitEffects& got, std::vector<double> effects, double tolerance) {
  const auto expect_list = [&](const std::vector<TokenEffect>& tokens) {
    std::vector<double> sorted = effects;
    std::ranges::sort(sorted, std::greater<>());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      EXPECT_NEAR(tokens[i].effect, sorted[i], tolerance);
      EXPECT_NEAR(tokens[i].effect, effects[static_cast<std::size_t>(tokens[i].id)], tolerance);
      EXPECT_EQ(tokens[i].piece, "t" + std::to_string(tokens[i].id));
    }
  };
  expect_list(got.promoted);
  auto suppressed = got.suppressed;
  for (auto& effect : effects) effect = -effect;
  for (auto& token : suppressed) token.effect = -token.effect;
  expect_list(suppressed);
}

std::vector<float> golden_directions(const nlohmann::json& golden) {
  std::vector<float> all;
  for (const auto& row : golden["directions"]) {
    for (const auto& value : row) all.push_back(value.get<float>());
  }
  return all;
}

TEST_F(LogitEffectsTest, OfGemmaAreTransformers) {
  const auto golden = testing::read_golden_json("vocabulary.json")["tiny-gemma2"];
  expect_effects(
      logit_effects(kGolden + "/tiny-gemma2.gguf", golden_directions(golden), 64, 10, {}),
      golden["effects"]);
}

TEST_F(LogitEffectsTest, OfALayerNormModelAreTorchs) {
  const auto golden = testing::read_golden_json("vocabulary.json")["tiny-layernorm"];
  expect_effects(
      logit_effects(kGolden + "/tiny-layernorm.gguf", golden_directions(golden), 32, 10, {}),
      golden["effects"]);
}

TEST_F(LogitEffectsTest, OfEveryTypeThatGgmlReads) {
  int n_types = 0;
  for (int type = 0; type < GGML_TYPE_COUNT; ++type) {
    const auto of_ggml = static_cast<ggml_type>(type);
    if (type == GGML_TYPE_F32 || ggml_blck_size(of_ggml) == 0 ||
        ggml_get_type_traits(of_ggml)->to_float == nullptr) {
      continue;
    }
    SCOPED_TRACE(ggml_type_name(of_ggml));
    auto model = random_model(256, 37);
    model.tensors[0] = {
        "token_embd.weight", {256, 37}, {}, type, testing::random_bytes_of_type(type, 256 * 37, 5)};
    const auto direction = random_values(256, 3);
    const auto unembedding = testing::values_of_bytes(type, model.tensors[0].bytes);
    // Sums of 256 products of at most 100 · 3 · 3.
    expect_extremes(of(model, direction).front(),
                    effects_of(unembedding, model.tensors[2].values, direction), 1e-2);
    ++n_types;
  }
  EXPECT_GE(n_types, 20);
}

TEST_F(LogitEffectsTest, RefuseATypeThatIsForProductsOnly) {
  auto model = random_model(256, 4);
  model.tensors[0] = {"token_embd.weight",
                      {256, 4},
                      {},
                      GGML_TYPE_Q8_K,
                      std::vector<std::uint8_t>(ggml_row_size(GGML_TYPE_Q8_K, 256 * 4))};
  write_gguf(model, path_);
  expect_refusal(random_values(256, 1), 256, "cannot turn into float32");
}

// More tokens than a block, no multiple of anything; more directions than a group.
TEST_F(LogitEffectsTest, OfManyBlocksAndDirections) {
  const auto model = random_model(48, 23'457);
  const auto directions = random_values(48 * 301, 4);
  const auto all = of(model, directions, 7);
  ASSERT_EQ(all.size(), 301U);
  for (const std::size_t i : {0, 150, 151, 300}) {
    const std::vector<float> direction(
        directions.begin() + static_cast<std::ptrdiff_t>(48 * i),
        directions.begin() + static_cast<std::ptrdiff_t>(48 * i + 48));
    ASSERT_EQ(all[i].promoted.size(), 7U);
    expect_extremes(all[i], effects_of(model.tensors[0].values, model.tensors[2].values, direction),
                    1e-4);
    EXPECT_EQ(logit_effects(path_, direction, 48, 7, {}).front(), all[i])
        << "alone as among others, to the bit";
  }
  const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
  EXPECT_EQ(logit_effects(path_, directions, 48, 7, {}), all);
}

TEST_F(LogitEffectsTest, PreferTheUntiedUnembedding) {
  auto model = random_model(32, 40);
  model.tensors.push_back({"output.weight", {32, 40}, random_values(32 * 40, 9)});
  const auto direction = random_values(32, 3);
  expect_extremes(of(model, direction).front(),
                  effects_of(model.tensors[3].values, model.tensors[2].values, direction), 1e-4);
}

// Command-R's norm, for one, is a LayerNorm without bias.
TEST_F(LogitEffectsTest, TellALayerNormByItsEpsilon) {
  auto model = random_model(32, 40);
  model.epsilon_key = "attention.layer_norm_epsilon";
  const auto direction = random_values(32, 3);
  auto centred = direction;
  const float mean = std::accumulate(direction.begin(), direction.end(), 0.0F) / 32;
  for (auto& value : centred) value -= mean;
  expect_extremes(of(model, direction).front(),
                  effects_of(model.tensors[0].values, model.tensors[2].values, centred), 1e-4);
}

TEST_F(LogitEffectsTest, RankTextOnlyTiesById) {
  auto model = random_model(32, 8);
  auto& unembedding = model.tensors[0].values;
  std::ranges::fill(unembedding, 0.0F);
  // Effects 9, 9, 9, 2, 2, −1, −1, −9 along the first axis.
  const std::vector<float> effects = {9, 9, 9, 2, 2, -1, -1, -9};
  for (std::size_t v = 0; v < 8; ++v) unembedding[32 * v] = effects[v];
  model.tensors[2].values.assign(32, 1.0F);
  model.token_types = {kControl, kUnused, kUnknown, kNormal, kByte, kUserDefined, kNormal, kNormal};
  std::vector<float> axis(32, 0.0F);
  axis[0] = 1;
  const auto top = of(model, axis, 3).front();
  EXPECT_THAT(top.promoted, ElementsAre(TokenEffect{3, "t3", 2}, TokenEffect{4, "t4", 2},
                                        TokenEffect{5, "t5", -1}));
  EXPECT_THAT(top.suppressed, ElementsAre(TokenEffect{7, "t7", -9}, TokenEffect{5, "t5", -1},
                                          TokenEffect{6, "t6", -1}));
  EXPECT_EQ(of(model, axis, 100).front().promoted.size(), 5U) << "all there are";
  EXPECT_TRUE(of(model, {}, 3).empty());
}

TEST_F(LogitEffectsTest, RefuseWhatDoesNotFit) {
  write_gguf(random_model(32, 40), path_);
  expect_refusal(random_values(64, 1), 64, "is 32 wide");
  expect_refusal(random_values(33, 1), 32, "is 32 wide");
  expect_refusal({}, 0, "is 32 wide");
  expect_refusal(std::vector<float>(32, std::nanf("")), 32, "NaN");
  expect_refusal(random_values(32, 1), 32, "at least one", ErrorCode::kUsage, 0);
}

TEST_F(LogitEffectsTest, NameTheMissingOrMisshapenTensor) {
  const auto whole = random_model(32, 40);
  auto model = whole;
  model.tensors.pop_back();
  write_gguf(model, path_);
  expect_refusal(random_values(32, 1), 32, "'output_norm.weight' is missing");

  model = whole;
  model.tensors.erase(model.tensors.begin());
  write_gguf(model, path_);
  expect_refusal(random_values(32, 1), 32, "'token_embd.weight' is missing");

  model = whole;
  model.tensors.push_back({"output.weight", {32, 39}, random_values(32 * 39, 1)});
  write_gguf(model, path_);
  expect_refusal(random_values(32, 1), 32, "'output.weight' is 32 × 39, not 32 × 40");

  model = whole;
  model.tensors[2] = {"output_norm.weight", {31}, random_values(31, 1)};
  write_gguf(model, path_);
  expect_refusal(random_values(32, 1), 32, "'output_norm.weight' is 31, not 32");

  model = whole;
  model.token_types.assign(39, kNormal);
  write_gguf(model, path_);
  expect_refusal(random_values(32, 1), 32, "token_type");
}

TEST_F(LogitEffectsTest, RefuseWeightsThatAreNoNumbers) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    auto model = random_model(32, 40);
    model.tensors[0].values[700] = bad;
    write_gguf(model, path_);
    expect_refusal(random_values(32, 1), 32, "'token_embd.weight' holds NaN or infinity");
    model = random_model(32, 40);
    model.tensors[2].values[7] = bad;
    write_gguf(model, path_);
    expect_refusal(random_values(32, 1), 32, "'output_norm.weight' holds NaN or infinity");
  }
  auto huge = random_model(32, 40);
  for (auto& value : huge.tensors[0].values) value = 1e30F;
  write_gguf(huge, path_);
  expect_refusal(std::vector<float>(32, 1e30F), 32, "beyond float32");
}

TEST_F(LogitEffectsTest, RefuseATruncatedFileAndSurviveADamagedOne) {
  std::ifstream file(kGolden + "/tiny-layernorm.gguf", std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  const auto whole = content.str();
  const auto direction = random_values(32, 1);
  for (std::size_t kept = 0; kept < whole.size(); kept += 97) {
    SCOPED_TRACE(kept);
    std::ofstream(path_, std::ios::binary) << whole.substr(0, kept);
    expect_refusal(direction, 32, path_.filename().string());
  }
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0xFF);
    std::ofstream(path_, std::ios::binary) << bytes;
    try {
      logit_effects(path_, direction, 32, 3, {});
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

TEST_F(LogitEffectsTest, StopWhenAsked) {
  write_gguf(random_model(32, 40), path_);
  const std::atomic<bool> stop{true};
  RunControl control;
  control.stop = &stop;
  try {
    logit_effects(path_, random_values(32, 1), 32, 3, control);
    ADD_FAILURE() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInterrupted);
  }
}

TEST(ReadableToken, ShowsWhiteSpaceAndWhatIsNotSeen) {
  EXPECT_EQ(readable_piece("▁water", false), "▁water");
  EXPECT_EQ(readable_piece(" water  ", false), "▁water▁▁");
  EXPECT_EQ(readable_piece("\n\n\t", false), "↵↵⇥");
  EXPECT_EQ(readable_piece("a\u200Bb\u00A0\r\u202E", false), "a<U+200B>b<U+00A0><U+000D><U+202E>");
  EXPECT_EQ(readable_piece("می\u200Cشود", false), "می\u200Cشود") << "a joiner within a word";
  EXPECT_EQ(readable_piece("\U000E0067\u3164", false), "<U+E0067><U+3164>");
  EXPECT_EQ(readable_piece("<0xE2>", false), "<0xE2>");
  EXPECT_EQ(readable_piece("水ñ🙂", false), "水ñ🙂");
  EXPECT_EQ(readable_piece("\xE6\xB0", false), "<0xE6><0xB0>");
  EXPECT_EQ(readable_piece("a\xFF", false), "a<0xFF>");
  EXPECT_EQ(readable_piece("", false), "");
}

TEST(ReadableToken, DecodesGpt2sAlphabet) {
  EXPECT_EQ(readable_piece("Ġwater", true), "▁water");
  EXPECT_EQ(readable_piece("ĊĊ", true), "↵↵");
  EXPECT_EQ(readable_piece("Ã±andÃº", true), "ñandú");
  EXPECT_EQ(readable_piece("æ°´", true), "水");
  EXPECT_EQ(readable_piece("æ°", true), "<0xE6><0xB0>") << "part of a character";
  EXPECT_EQ(readable_piece("水", true), "水") << "not of the alphabet: spelt plainly";
}

}  // namespace
}  // namespace isogloss

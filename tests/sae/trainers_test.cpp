// SAEs in the formats of their trainers, against what SAELens or the trainer's own code answers.
#include "golden_answers.h"

namespace isogloss {
namespace {

using nlohmann::json;

json cases_of(const char* folder) {
  return json::parse(read_text(kGolden / folder / "cases.json"))["cases"];
}

std::string test_name(const testing::TestParamInfo<json>& test) {
  auto name = test.param["case"].get<std::string>();
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class GemmaScope2Golden : public testing::TestWithParam<json> {};

TEST_P(GemmaScope2Golden, EncodesAndDecodesAsSaeLens) {
  const auto& entry = GetParam();
  const auto folder = kGolden / "gemma_scope_2" / entry["case"].get<std::string>();
  const auto sae = load_sae(folder);
  EXPECT_EQ(sae.format, "gemma_scope_2");
  EXPECT_EQ(sae.activation, SaeActivation::kJumpRelu);
  EXPECT_EQ(sae.apply_b_dec_to_input, entry["apply_b_dec_to_input"]);
  EXPECT_EQ(sae.is_transcoder, entry["architecture"] != "jumprelu");
  EXPECT_EQ(sae.w_skip.empty(), entry["architecture"] != "jumprelu_skip_transcoder");
  expect_answers(sae, Answers(folder), false, false);
}

TEST_P(GemmaScope2Golden, KnowsItsPlaceAsSaeLens) {
  const auto& entry = GetParam();
  const auto sae =
      load_sae(kGolden / "gemma_scope_2" / entry["case"].get<std::string>() / "params.safetensors");
  // Without config.json, the model is known from the repository's name, which no folder here has.
  EXPECT_EQ(sae.model_name, entry["has_config"] ? entry["model_name"] : json(""));
  // SAELens' hook_mlp_in stands for what the norm before the MLP puts out.
  const auto hook = entry["hook_name"].get<std::string>();
  EXPECT_EQ(sae.hook_name, hook == "blocks.5.hook_mlp_in" ? "blocks.5.mlp.hook_in" : hook);
  EXPECT_EQ(sae.hook_name_out,
            entry["hook_name_out"].is_null() ? json("") : entry["hook_name_out"]);
}

INSTANTIATE_TEST_SUITE_P(Sae, GemmaScope2Golden, testing::ValuesIn(cases_of("gemma_scope_2")),
                         test_name);

std::vector<NamedFloats> scope_2_weights() {
  return {{"w_enc", {2, 3}, {1, 2, 3, 4, 5, 6}},
          {"b_enc", {3}, {0, 0, 0}},
          {"threshold", {3}, {0, 0, 0}},
          {"w_dec", {3, 2}, {1, 2, 3, 4, 5, 6}},
          {"b_dec", {2}, {0, 0}}};
}

Sae load_scope_2(const char* config, const std::vector<NamedFloats>& weights = scope_2_weights()) {
  const TemporaryFolder folder;
  folder.write("config.json", config);
  folder.write("params.safetensors", safetensors_text(weights));
  return load_sae(folder.path());
}

TEST(GemmaScope2, NamesTheModelByItsRepository) {
  const TemporaryFolder folder;
  const auto place =
      folder.path() / "gemma-scope-2-4b-it" / "resid_post" / "layer_9_width_16k_l0_big";
  std::filesystem::create_directories(place);
  std::ofstream(place / "params.safetensors") << safetensors_text(scope_2_weights());
  EXPECT_EQ(load_sae(place).model_name, "google/gemma-3-4b-it");
  EXPECT_EQ(load_sae(place).hook_name, "blocks.9.hook_resid_post");
}

TEST(GemmaScope2, RefusesWhatJoinsLayers) {
  const auto refuse = [](const char* config, const std::vector<NamedFloats>& weights,
                         std::initializer_list<const char*> parts) {
    expect_error([&] { load_scope_2(config, weights); }, ErrorCode::kBadInput, parts);
  };
  refuse(R"({"type": "crosscoder"})", scope_2_weights(), {"config.json", "crosscoder"});
  refuse(R"({"hf_hook_point_in": ["a", "b"]})", scope_2_weights(),
         {"hf_hook_point_in", "crosscoders"});
  refuse(R"({"architecture": "topk"})", scope_2_weights(), {"topk", "jump_relu"});
  auto weights = scope_2_weights();
  weights[3].shape = {3, 1, 2};
  refuse("{}", weights, {"w_dec", "[3, 1, 2]", "cross-layer transcoders"});
}

TEST(GemmaScope2, NeedsTheSkipConnectionItsSettingsName) {
  expect_error([] { load_scope_2(R"({"affine_connection": true})"); }, ErrorCode::kBadInput,
               {"affine_skip_connection"});
  auto weights = scope_2_weights();
  weights.push_back({"affine_skip_connection", {2, 2}, {1, 2, 3, 4}});
  EXPECT_TRUE(load_scope_2("{}", weights).is_transcoder);
}

}  // namespace
}  // namespace isogloss

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

class GemmaScopeSitesGolden : public testing::TestWithParam<json> {};

TEST_P(GemmaScopeSitesGolden, EncodesAndKnowsItsPlaceAsSaeLens) {
  const auto& entry = GetParam();
  const auto folder = kGolden / "gemma_scope_sites" / entry["case"].get<std::string>();
  const auto sae = load_sae(folder / "params.npz");
  EXPECT_EQ(sae.model_name, entry["model_name"]);
  // What hook_embed holds is the residual stream before the first block.
  const auto hook = entry["hook_name"].get<std::string>();
  EXPECT_EQ(sae.hook_name, hook == "hook_embed" ? "blocks.0.hook_resid_pre" : hook);
  EXPECT_EQ(sae.hook_name_out,
            entry["hook_name_out"].is_null() ? json("") : entry["hook_name_out"]);
  EXPECT_EQ(sae.is_transcoder, entry["architecture"] == "jumprelu_transcoder");
  expect_answers(sae, Answers(folder), false, false);
}

INSTANTIATE_TEST_SUITE_P(Sae, GemmaScopeSitesGolden,
                         testing::ValuesIn(cases_of("gemma_scope_sites")), test_name);

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

class ConvertedGolden : public testing::TestWithParam<json> {};

TEST_P(ConvertedGolden, EncodesAndDecodesAsItsTrainer) {
  const auto& entry = GetParam();
  const auto folder = kGolden / "converted" / entry["case"].get<std::string>();
  const auto sae = load_sae(folder);
  EXPECT_FALSE(sae.hook_name.empty());
  EXPECT_TRUE(std::ranges::any_of(sae.reasons, [](const SaeReason& reason) {
    return reason.convention == "conversion: trainer" && !reason.reason.empty();
  }));
  expect_answers(sae, Answers(folder), false, false);
}

INSTANTIATE_TEST_SUITE_P(Sae, ConvertedGolden, testing::ValuesIn(cases_of("converted")), test_name);

class SparsifyGolden : public testing::TestWithParam<json> {};

TEST_P(SparsifyGolden, EncodesAndDecodesAsItsTrainer) {
  const auto& entry = GetParam();
  const auto folder = kGolden / "sparsify" / entry["case"].get<std::string>();
  const auto sae = load_sae(folder);
  EXPECT_EQ(sae.format, "sparsify");
  EXPECT_EQ(to_string(sae.activation), entry["activation"]);
  EXPECT_EQ(sae.n_features, entry["n_features"]);
  EXPECT_EQ(sae.k, entry["k"]);
  EXPECT_EQ(sae.is_transcoder, entry["transcode"]);
  EXPECT_EQ(sae.w_skip.empty(), !entry["skip_connection"]);
  expect_answers(sae, Answers(folder), false, false);
}

INSTANTIATE_TEST_SUITE_P(Sae, SparsifyGolden, testing::ValuesIn(cases_of("sparsify")), test_name);

TEST(Sparsify, NamesItsHooksByItsFolder) {
  const auto hooks = [](const char* folder) {
    const auto sae = load_sae(kGolden / "sparsify" / folder);
    return std::pair(sae.hook_name, sae.hook_name_out);
  };
  using Hooks = std::pair<std::string, std::string>;
  EXPECT_EQ(hooks("topk/layers.3"), Hooks("blocks.3.hook_resid_post", ""));
  EXPECT_EQ(hooks("groupmax/layers.3.mlp"), Hooks("layers.3.mlp", ""));
  EXPECT_EQ(hooks("transcode/layers.3.mlp"), Hooks("layers.3.mlp.input", "layers.3.mlp"));
}

/// cfg.json of a sparsify folder with the weights of the first golden case.
void expect_sparsify_refused(const json& changes, std::initializer_list<const char*> parts) {
  const auto golden = kGolden / "sparsify/topk/layers.3";
  auto cfg = json::parse(read_text(golden / "cfg.json"));
  cfg.update(changes);
  const TemporaryFolder folder;
  folder.write("cfg.json", cfg.dump());
  folder.write("sae.safetensors", read_text(golden / "sae.safetensors"));
  expect_error([&] { load_sae(folder.path()); }, ErrorCode::kBadInput, parts);
}

TEST(Sparsify, RefusesWhatItDoesNotCompute) {
  expect_sparsify_refused({{"activation", "relu"}}, {"cfg.json", "relu", "groupmax"});
  expect_sparsify_refused({{"signed", true}}, {"signed"});
  expect_sparsify_refused({{"k", 46}}, {"k = 46", "45"});
  expect_sparsify_refused({{"activation", "groupmax"}, {"k", 7}}, {"k = 7", "groups"});
  expect_sparsify_refused({{"num_latents", 0}, {"expansion_factor", 1 << 30}}, {"too large"});
  expect_sparsify_refused({{"skip_connection", true}}, {"W_skip"});
}

class LlamaScopeGolden : public testing::TestWithParam<json> {};

TEST_P(LlamaScopeGolden, EncodesAndDecodes) {
  const auto folder = kGolden / "llama_scope" / GetParam()["case"].get<std::string>();
  for (const auto& path : {folder, folder / "checkpoints/final.safetensors"}) {
    const auto sae = load_sae(path);
    EXPECT_EQ(sae.format, "llama_scope");
    EXPECT_EQ(sae.hook_name, "blocks.7.hook_resid_post");
    EXPECT_FALSE(sae.is_transcoder);
    expect_answers(sae, Answers(folder), false, false);
  }
}

INSTANTIATE_TEST_SUITE_P(Sae, LlamaScopeGolden, testing::ValuesIn(cases_of("llama_scope")),
                         test_name);

void expect_llama_scope_refused(const json& changes, std::initializer_list<const char*> parts) {
  const auto golden = kGolden / "llama_scope/unit";
  auto cfg = json::parse(read_text(golden / "hyperparams.json"));
  cfg.update(changes);
  const TemporaryFolder folder;
  folder.write("hyperparams.json", cfg.dump());
  std::filesystem::create_directory(folder.path() / "checkpoints");
  folder.write("checkpoints/final.safetensors",
               read_text(golden / "checkpoints/final.safetensors"));
  expect_error([&] { load_sae(folder.path()); }, ErrorCode::kBadInput, parts);
}

TEST(LlamaScope, RefusesWhatItDoesNotCompute) {
  expect_llama_scope_refused({{"act_fn", "topk"}}, {"hyperparams.json", "topk", "jumprelu"});
  expect_llama_scope_refused({{"norm_activation", "token-wise"}}, {"token-wise"});
  expect_llama_scope_refused({{"use_glu_encoder", true}}, {"use_glu_encoder"});
  expect_llama_scope_refused({{"dataset_average_activation_norm", {{"in", 0}, {"out", 1}}}},
                             {"dataset_average_activation_norm.in"});
  expect_llama_scope_refused({{"jump_relu_threshold", nullptr}}, {"jump_relu_threshold"});
}

class LlamaScopeR1Golden : public testing::TestWithParam<json> {};

TEST_P(LlamaScopeR1Golden, EncodesAndDecodes) {
  const auto folder = kGolden / "llama_scope_r1" / GetParam()["case"].get<std::string>();
  for (const auto& path : {folder, folder / "sae_weights.safetensors"}) {
    const auto sae = load_sae(path);
    EXPECT_EQ(sae.format, "llama_scope_r1");
    EXPECT_EQ(sae.hook_name, "blocks.7.hook_resid_post");
    expect_answers(sae, Answers(folder), false, false);
  }
}

INSTANTIATE_TEST_SUITE_P(Sae, LlamaScopeR1Golden, testing::ValuesIn(cases_of("llama_scope_r1")),
                         test_name);

void expect_r1_refused(const json& changes, std::initializer_list<const char*> parts) {
  const auto golden = kGolden / "llama_scope_r1/unit";
  auto cfg = json::parse(read_text(golden / "config.json"));
  cfg.update(changes);
  const TemporaryFolder folder;
  folder.write("config.json", cfg.dump());
  folder.write("sae_weights.safetensors", read_text(golden / "sae_weights.safetensors"));
  expect_error([&] { load_sae(folder.path()); }, ErrorCode::kBadInput, parts);
}

TEST(LlamaScopeR1, RefusesWhatItDoesNotCompute) {
  expect_r1_refused({{"act_fn", "topk"}}, {"config.json", "topk", "jumprelu"});
  expect_r1_refused({{"norm_activation", "token-wise"}}, {"token-wise"});
  expect_r1_refused({{"hook_point_out", "blocks.7.hook_mlp_out"}}, {"hook_point_out"});
  expect_r1_refused({{"apply_decoder_bias_to_pre_encoder", true}}, {"apply_decoder_bias"});
  // Then the average length is not found.
  expect_r1_refused({{"hook_point_in", "x"}, {"hook_point_out", "x"}},
                    {"dataset_average_activation_norm.in"});
}

}  // namespace
}  // namespace isogloss

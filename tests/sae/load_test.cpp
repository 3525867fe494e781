// What load_sae makes of folders and files: settings of cfg.json and everything that can be wrong.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sae_fixtures.h"

namespace isogloss {
namespace {

using nlohmann::json;

json small_config() {
  return {
      {"architecture", "standard"},
      {"d_in", 2},
      {"d_sae", 3},
      {"metadata", {{"sae_lens_version", "6.54.12"}, {"hook_name", "blocks.0.hook_resid_post"}}}};
}

class SaeFolder {
 public:
  SaeFolder(const json& cfg, const std::vector<NamedFloats>& weights) {
    folder_.write("cfg.json", cfg.dump());
    folder_.write("sae_weights.safetensors", safetensors_text(weights));
  }
  Sae load() const { return load_sae(folder_.path()); }
  void expect_refused(std::initializer_list<const char*> parts) const {
    expect_error([&] { load(); }, ErrorCode::kBadInput, parts);
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

void expect_config_refused(const char* key, const json& value,
                           std::initializer_list<const char*> parts) {
  auto cfg = small_config();
  cfg[key] = value;
  SaeFolder(cfg, small_weights()).expect_refused(parts);
}

TEST(LoadSae, ReadsAFolderByAnyOfItsFiles) {
  const SaeFolder folder(small_config(), small_weights());
  for (const auto* name : {"", "cfg.json", "sae_weights.safetensors"}) {
    const auto sae = load_sae(folder.path() / name);
    EXPECT_EQ(sae.w_enc, (std::vector<float>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(sae.hook_name, "blocks.0.hook_resid_post");
    EXPECT_TRUE(sae.apply_b_dec_to_input);
    EXPECT_EQ(sae.normalization, SaeNormalization::kNone);
  }
}

TEST(LoadSae, KeepsTheNamesTheFileGives) {
  auto cfg = small_config();
  cfg["metadata"]["model_name"] = "gemma-2-2b";
  cfg["metadata"]["neuronpedia_id"] = "gemma-2-2b/20-gemmascope-res-16k";
  auto sae = SaeFolder(cfg, small_weights()).load();
  EXPECT_EQ(sae.model_name, "gemma-2-2b");
  EXPECT_EQ(sae.neuronpedia_id, "gemma-2-2b/20-gemmascope-res-16k");
  cfg["metadata"]["neuronpedia_id"] = nullptr;
  EXPECT_EQ(SaeFolder(cfg, small_weights()).load().neuronpedia_id, "");
}

TEST(LoadSae, TakesOlderActivationFunctionsOnlyFromOlderFiles) {
  auto cfg = small_config();
  cfg["activation_fn"] = "topk";
  cfg["activation_fn_kwargs"] = {{"k", 2}};
  EXPECT_EQ(SaeFolder(cfg, small_weights()).load().activation, SaeActivation::kRelu);
  cfg["metadata"]["sae_lens_version"] = "5.11.0";
  const auto old = SaeFolder(cfg, small_weights()).load();
  EXPECT_EQ(old.activation, SaeActivation::kTopK);
  EXPECT_EQ(old.k, 2);
  cfg["activation_fn"] = "tanh-relu";
  SaeFolder(cfg, small_weights()).expect_refused({"tanh-relu", "relu and topk"});
}

TEST(LoadSae, NamesWhatIsNotSupportedAndWhatIs) {
  expect_config_refused("architecture", "temporal", {"cfg.json", "temporal", "jumprelu"});
  expect_config_refused("architecture", "matching_pursuit", {"matching_pursuit", "gated"});
  expect_config_refused("architecture", "abstopk", {"abstopk"});
  expect_config_refused("architecture", "batchtopk", {"save_inference_model"});
  expect_config_refused("architecture", nullptr, {"architecture"});
  expect_config_refused("architecture", 7, {"architecture"});
  expect_config_refused("architecture", "two\nlines", {"control characters"});
  expect_config_refused("reshape_activations", "hook_q", {"hook_q"});
  expect_config_refused("reshape_activations", "hook_z", {"hook_z", "blocks.0.hook_resid_post"});
  expect_config_refused("normalize_activations", "covariance_whitening", {"covariance_whitening"});
  expect_config_refused("normalize_activations", 3, {"normalize_activations"});
  expect_config_refused("apply_b_dec_to_input", "yes", {"apply_b_dec_to_input"});
  for (const auto& bad :
       {json(0), json(-2), json(2.5), json("2"), json(nullptr), json(1LL << 40)}) {
    expect_config_refused("d_in", bad, {"d_in"});
  }
}

TEST(LoadSae, TakesAttentionSaes) {
  const json flat = {{"d_in", 2}, {"d_sae", 3}, {"hook_point", "blocks.0.attn.hook_z"}};
  EXPECT_EQ(SaeFolder(flat, small_weights()).load().hook_name, "blocks.0.attn.hook_z");
}

TEST(LoadSae, NeedsWhatATranscoderIsMadeOf) {
  auto cfg = small_config();
  cfg["architecture"] = "transcoder";
  SaeFolder(cfg, small_weights()).expect_refused({"cfg.json", "d_out"});
  cfg["d_out"] = 2;
  EXPECT_FALSE(SaeFolder(cfg, small_weights()).load().apply_b_dec_to_input);
  cfg["apply_b_dec_to_input"] = true;
  SaeFolder(cfg, small_weights()).expect_refused({"apply_b_dec_to_input"});
  cfg["apply_b_dec_to_input"] = false;
  cfg["architecture"] = "skip_transcoder";
  SaeFolder(cfg, small_weights()).expect_refused({"no tensor W_skip"});
}

TEST(LoadSae, NeedsAPossibleK) {
  auto cfg = small_config();
  cfg["architecture"] = "topk";
  SaeFolder(cfg, small_weights()).expect_refused({"k must be there"});
  cfg["k"] = 4;
  SaeFolder(cfg, small_weights()).expect_refused({"k = 4", "d_sae = 3"});
  cfg["k"] = 3;
  EXPECT_EQ(SaeFolder(cfg, small_weights()).load().k, 3);
}

TEST(LoadSae, NamesBothShapes) {
  auto cfg = small_config();
  cfg["d_in"] = 4;
  SaeFolder(cfg, small_weights()).expect_refused({"b_dec", "[2]", "[4]"});
  auto weights = small_weights();
  weights[0].shape = {3, 2};
  SaeFolder(small_config(), weights).expect_refused({"W_enc", "[3, 2]", "[2, 3]"});
}

TEST(LoadSae, NamesTheWeightThatIsNotFinite) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    auto weights = small_weights();
    weights[2].values[3] = bad;
    SaeFolder(small_config(), weights).expect_refused({"W_dec[1, 1]"});
  }
}

TEST(LoadSae, RefusesMissingAndUnknownTensors) {
  auto weights = small_weights();
  weights.pop_back();
  SaeFolder(small_config(), weights).expect_refused({"no tensor b_dec", "W_enc"});
  weights = small_weights();
  weights.push_back({"W_skip", {2, 2}, {0, 0, 0, 0}});
  SaeFolder(small_config(), weights).expect_refused({"W_skip", "b_dec"});
  auto cfg = small_config();
  cfg["architecture"] = "jumprelu";
  SaeFolder(cfg, small_weights()).expect_refused({"no tensor threshold"});
}

TEST(LoadSae, RefusesAScalingFactorOtherThanOne) {
  auto weights = small_weights();
  weights.push_back({"scaling_factor", {3}, {1, 1, 1}});
  EXPECT_NO_THROW(SaeFolder(small_config(), weights).load());
  weights.back().values[1] = 1.5F;
  SaeFolder(small_config(), weights).expect_refused({"scaling_factor"});
}

TEST(LoadSae, RefusesACutFile) {
  const SaeFolder folder(small_config(), small_weights());
  const auto path = folder.path() / "sae_weights.safetensors";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  folder.expect_refused({"sae_weights.safetensors", "truncated"});
}

TEST(LoadSae, RefusesABrokenConfiguration) {
  const SaeFolder folder(small_config(), small_weights());
  std::ofstream(folder.path() / "cfg.json") << "{\"d_in\": 2,";
  folder.expect_refused({"cfg.json", "not a JSON object"});
}

TEST(LoadSae, RefusesDeepNesting) {
  constexpr std::size_t kDepth = 200'000;
  auto cfg = small_config();
  cfg["metadata"]["deep"] = nullptr;
  auto text = cfg.dump();
  const std::string_view placeholder = "null";
  text.replace(text.find(placeholder), placeholder.size(),
               std::string(kDepth, '[') + std::string(kDepth, ']'));
  TemporaryFolder folder;
  folder.write("cfg.json", text);
  folder.write("sae_weights.safetensors", safetensors_text(small_weights()));
  EXPECT_THAT([&] { load_sae(folder.path()); },
              ::testing::ThrowsMessage<Error>(::testing::AllOf(
                  ::testing::HasSubstr("cfg.json"), ::testing::HasSubstr("more than 100 deep"))));
}

TEST(LoadSae, SaysWhatItAcceptsElsewhere) {
  const TemporaryFolder folder;
  const auto refuse = [](const std::filesystem::path& path, ErrorCode code, const char* part) {
    expect_error([&] { load_sae(path); }, code, {path.c_str(), part});
    expect_error([&] { sae_files(path); }, code, {path.c_str(), part});
  };
  refuse(folder.path() / "nothing", ErrorCode::kEnvironment, "no such SAE");
  refuse(folder.path(), ErrorCode::kBadInput, "cfg.json");
  refuse(folder.write("notes.txt", "x"), ErrorCode::kBadInput, "params.npz");
  refuse(folder.write("ae.pt", "x"), ErrorCode::kBadInput, "tools/convert_sae.py");
  refuse(folder.path(), ErrorCode::kBadInput, "pickles");
  folder.write("cfg.json", "{}");
  expect_error([&] { load_sae(folder.path()); }, ErrorCode::kEnvironment,
               {"sae_weights.safetensors"});
}

}  // namespace
}  // namespace isogloss

#include "isogloss/published/published.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "tests/sae/golden_answers.h"

namespace isogloss {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::string& words) {
  try {
    find_published_sae(words);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    return error.what();
  }
  ADD_FAILURE() << words << " is accepted";
  return {};
}

/// The numbers that tools/coverage counted in SAELens' own list.
TEST(PublishedSaes, AreAllThatSaeLensLists) {
  const std::map<std::string_view, int> in_list = {{"gemma_3", 8784},
                                                   {"gemma_2", 2833},
                                                   {"dictionary_learning_1", 838},
                                                   {"qwen_scope", 544},
                                                   {"sae_lens", 292},
                                                   {"mwhanna_transcoder", 208},
                                                   {"llama_scope", 192},
                                                   {"llama_scope_r1_distill", 96},
                                                   {"gemma_2_transcoder", 26},
                                                   {"mntss_clt_layer_transcoder", 26},
                                                   {"connor_rob_hook_z", 12},
                                                   {"temporal", 3},
                                                   {"goodfire", 2},
                                                   {"deepseek_r1", 1}};
  std::map<std::string_view, int> found;
  std::set<std::string_view> releases;
  std::set<std::string> names;
  for (const auto& sae : published_saes()) {
    ++found[sae.loader];
    releases.insert(sae.release);
    names.insert(sae.name());
  }
  EXPECT_EQ(found, in_list);
  EXPECT_EQ(releases.size(), 170U);
  EXPECT_EQ(names.size(), published_saes().size());
}

TEST(PublishedSaes, EveryOneIsFoundByItsName) {
  for (const auto& sae : published_saes()) ASSERT_EQ(find_published_sae(sae.name()), &sae);
}

/// The cells of SAELens' list, copied by hand.
TEST(PublishedSaes, HaveTheListsCells) {
  const auto* sae = find_published_sae("gpt2-small-mlp-tm/blocks.1.hook_mlp_out");
  EXPECT_EQ(sae->repository, "tommmcgrath/gpt2-small-mlp-out-saes");
  EXPECT_EQ(sae->path, "sae_group_gpt2_blocks.1.hook_mlp_out_24576:v0");
  EXPECT_EQ(sae->model, "gpt2-small");
  EXPECT_EQ(sae->hook, "blocks.1.hook_mlp_out");
  EXPECT_EQ(sae->expected_l0, 21);
  EXPECT_EQ(sae->settings, "center_writing_weights=true norm_scaling_factor=2.3693984005104283");

  sae = find_published_sae("gemma-scope-2b-pt-att-canonical/layer_0/width_16k/canonical");
  EXPECT_EQ(sae->repository, "google/gemma-scope-2b-pt-att");
  EXPECT_EQ(sae->path, "layer_0/width_16k/average_l0_104");
  EXPECT_EQ(sae->hook, "blocks.0.attn.hook_z");
  EXPECT_EQ(sae->expected_l0, 104);  // by its path
  EXPECT_EQ(sae->neuronpedia_id, "gemma-2-2b/0-gemmascope-att-16k");
  EXPECT_EQ(sae->settings, "");

  sae = find_published_sae("mistral-7b-res-wg/blocks.16.hook_resid_pre");
  EXPECT_EQ(sae->settings, "normalize_activations=constant_norm_rescale");
  // Its own files have the factor that the list has, too.
  EXPECT_EQ(find_published_sae("llama_scope_lxa_8x/l0a_8x")->settings, "");
  EXPECT_EQ(find_published_sae("mwhanna-qwen3-4b-transcoders/layer_1")->hook_out,
            "blocks.1.hook_mlp_out");
}

TEST(PublishedSaes, AreFoundByNeuronpediasName) {
  const auto* sae = find_published_sae("gpt2-small/8-res-jb");
  ASSERT_NE(sae, nullptr);
  EXPECT_EQ(sae->name(), "gpt2-small-res-jb/blocks.8.hook_resid_pre");
  EXPECT_EQ(find_published_sae("gpt2-small/99-res-jb"), nullptr);
}

TEST(PublishedSaes, AWrongNameIsAnsweredWithSimilarOnes) {
  EXPECT_EQ(find_published_sae("sae/layer_2"), nullptr);
  EXPECT_THAT(similar_releases("gpt2-smal-res-jb/x"), HasSubstr("gpt2-small-res-jb"));
  EXPECT_EQ(similar_releases("sae/layer_2"), "");
  EXPECT_THAT(refusal("gpt2-small-res-jb"),
              AllOf(HasSubstr("a release of 13 SAEs; name one: "
                              "gpt2-small-res-jb/blocks.0.hook_resid_pre, "),
                    HasSubstr("and 8 more; `isogloss saes gpt2-small-res-jb` lists them all")));
  EXPECT_THAT(refusal("gpt2-small-res-jb/blocks.12.hook_resid_pre"),
              AllOf(HasSubstr("has no such SAE; similar: "), HasSubstr("blocks.1")));
  EXPECT_THAT(refusal("gpt2-small-res-jb/x"),
              HasSubstr("has no such SAE: gpt2-small-res-jb/blocks.0."));
}

TEST(PublishedSaes, AreSearchedByAllWords) {
  const auto found = search_published_saes(
      std::vector<std::string>{"Gemma-3-270m", "resid_post", "layer_12_width_16k"});
  ASSERT_FALSE(found.empty());
  for (const auto* sae : found) {
    EXPECT_EQ(sae->hook, "blocks.12.hook_resid_post");
    EXPECT_THAT(std::string(sae->model), HasSubstr("gemma-3-270m"));
  }
  EXPECT_TRUE(search_published_saes(std::vector<std::string>{"gpt2", "nowhere"}).empty());
}

class ListedSettingsGolden : public testing::TestWithParam<json> {};

TEST_P(ListedSettingsGolden, AreAppliedAsSaeLensDoes) {
  const auto& entry = GetParam();
  const auto name = entry["case"].get<std::string>();
  auto sae = load_sae(kGolden / name);
  apply_settings(entry["settings"].get<std::string>(), sae);
  expect_answers(sae, Answers(std::filesystem::path(ISOGLOSS_GOLDEN_DIR) / "published" / name),
                 false, false);
}

INSTANTIATE_TEST_SUITE_P(
    Published, ListedSettingsGolden,
    testing::ValuesIn(json::parse(std::ifstream(std::filesystem::path(ISOGLOSS_GOLDEN_DIR) /
                                                "published" / "cases.json"))["cases"]
                          .get<std::vector<json>>()),
    [](const auto& test) {
      auto name = test.param["case"].template get<std::string>();
      std::ranges::replace(name, '-', '_');
      return name;
    });

TEST(ListedSettings, TheFactorIsLeftAsideWhereTheFileAsksForNone) {
  auto sae = load_sae(kGolden / "standard-sub-none");
  const auto before = sae.w_enc;
  apply_settings("norm_scaling_factor=2", sae);
  EXPECT_EQ(sae.w_enc, before);
}

TEST(ListedSettings, CentringIsNotedAndOthersAreRefused) {
  Sae sae;
  sae.training.center_writing_weights = std::nullopt;
  apply_settings("center_writing_weights=true", sae);
  EXPECT_EQ(sae.training.center_writing_weights, true);
  for (const char* settings : {"fold_ln=true", "norm_scaling_factor=0", "norm_scaling_factor=2x",
                               "norm_scaling_factor=", "normalize_activations=layer_norm",
                               "center_writing_weights", "="}) {
    EXPECT_THROW(apply_settings(settings, sae), Error) << settings;
  }
}

TEST(ListedSettings, CompleteWhatTheFileLeavesOpen) {
  const auto* published =
      find_published_sae("gemma-scope-2b-pt-transcoders/layer_1/width_16k/average_l0_65");
  ASSERT_NE(published, nullptr);
  Sae sae;
  EXPECT_TRUE(complete_from_table(*published, sae).empty());
  EXPECT_EQ(sae.model_name, "gemma-2-2b");
  EXPECT_EQ(sae.hook_name, "blocks.1.ln2.hook_normalized");
  EXPECT_EQ(sae.hook_name_out, "blocks.1.hook_mlp_out");
  EXPECT_TRUE(sae.is_transcoder);
  EXPECT_EQ(sae.neuronpedia_id, "gemma-2-2b/1-gemmascope-transcoder-16k");

  Sae other;
  other.hook_name = "blocks.2.ln2.hook_normalized";
  other.model_name = "its own";
  const auto remarks = complete_from_table(*published, other);
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_THAT(remarks[0], AllOf(HasSubstr("reads blocks.2."), HasSubstr("says blocks.1.")));
  EXPECT_EQ(other.hook_name, "blocks.2.ln2.hook_normalized");
  EXPECT_EQ(other.model_name, "its own");
}

}  // namespace
}  // namespace isogloss

// Published SAEs by name, from a hub on this machine that serves small ones in their places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/inputs/inputs.h"
#include "isogloss/sae/sae.h"
#include "tests/hub/fake_hub.h"
#include "tests/support/program.h"
#include "tests/support/tiny_inputs.h"

namespace isogloss {
namespace {

using ::testing::AllOf;
using testing::content_of;
using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

const fs::path kGoldenSaes = fs::path(ISOGLOSS_GOLDEN_DIR) / "sae";

class PublishedInputs : public ::testing::Test {
 protected:
  /// Serves the files of `folder` where the table looks for the SAE called `name`.
  void serve(const std::string& name, const fs::path& folder) {
    const auto& sae = *find_published_sae(name);
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file() || file.path().filename() == "io.safetensors") continue;
      const auto inside = file.path().lexically_relative(folder).generic_string();
      hub_.add("models/" + std::string(sae.repository), std::string(sae.path) + "/" + inside,
               content_of(file.path()));
    }
  }

  std::string refusal(const std::string& name) {
    try {
      fetch_sae(name, "", {});
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << name << " is accepted";
    return {};
  }

  /// The words of a run on the tiny inputs with the SAE of that name, which is served.
  std::vector<std::string> run_of(const std::string& name, const std::string& output) {
    auto words = test::tiny_run(hub_.folder / "local", hub_.folder / output, 4);
    auto sae = std::next(std::ranges::find(words, "--sae"));
    serve(name, *sae);
    *sae = name;
    return words;
  }

  nlohmann::json manifest(const std::string& output) const {
    return nlohmann::json::parse(content_of(hub_.folder / output / "manifest.json"));
  }

  FakeHub hub_;
  testing::Variable cache_{"XDG_CACHE_HOME", (hub_.folder / "cache").c_str()};
};

TEST_F(PublishedInputs, OneOfEachFormatIsFetchedAndRead) {
  const std::vector<std::tuple<std::string, std::string, std::string>> saes = {
      {"gpt2-small-res-jb/blocks.8.hook_resid_pre", "legacy-standard", "sae_lens"},
      {"gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71", "gemma_scope", "gemma_scope"},
      {"gemma-scope-2-270m-pt-res/layer_12_width_16k_l0_small",
       "gemma_scope_2/resid_post/layer_5_width_16k_l0_small", "gemma_scope_2"},
      {"llama_scope_lxr_8x/l7r_8x", "llama_scope/unit", "llama_scope"}};
  for (const auto& [name, golden, format] : saes) {
    ASSERT_TRUE(fs::exists(kGoldenSaes / golden)) << golden;
    serve(name, kGoldenSaes / golden);
    const auto input = fetch_sae(name, "", {});
    ASSERT_NE(input.published, nullptr) << name;
    EXPECT_EQ(input.published->name(), name);
    EXPECT_EQ(load_sae(input.path).format, format);
    EXPECT_THAT(input.origin, HasSubstr("hf:" + std::string(input.published->repository) + "/"));
  }
}

TEST_F(PublishedInputs, APathOfThatNameComesFirst) {
  const auto here = fs::current_path();
  fs::current_path(hub_.folder);
  test::write_tiny_sae("gpt2-small-res-jb", 4);
  EXPECT_EQ(fetch_sae("gpt2-small-res-jb", "", {}).published, nullptr);
  fs::current_path(here);
  EXPECT_THAT(refusal("gpt2-small-res-jb"), HasSubstr("a release of 13 SAEs"));
  EXPECT_THAT(refusal("gpt2-smal-res-jb/blocks.1.hook_resid_pre"),
              HasSubstr("no published SAE; similar: gpt2-small-res-jb"));
}

TEST_F(PublishedInputs, APickleIsFetchedAndItsConversionNamed) {
  const std::string name = "llama-3.1-8b-instruct-andyrdt/resid_post_layer_3_trainer_1";
  const std::string repository = "models/andyrdt/saes-llama-3.1-8b-instruct";
  hub_.add(repository, "resid_post_layer_3/trainer_1/ae.pt", "no pickle is opened");
  hub_.add(repository, "resid_post_layer_3/trainer_1/config.json", "{}");
  const auto message = refusal(name);
  EXPECT_THAT(message, AllOf(HasSubstr(name + ": is fetched"),
                             HasSubstr("`python3 tools/convert_sae.py " + hub_.cache.string()),
                             HasSubstr("resid_post_layer_3/trainer_1/ae.pt "),
                             HasSubstr("--model meta-llama/Llama-3.1-8B-Instruct --hook "
                                       "blocks.3.hook_resid_post`")));
  // What stands after the file is where the converted SAE is looked for.
  const auto begin = message.find("ae.pt ") + 6;
  const fs::path folder = message.substr(begin, message.find(' ', begin) - begin);
  test::write_tiny_sae(folder, 4);
  const auto input = fetch_sae(name, "", {});
  EXPECT_EQ(input.path, folder);
  EXPECT_EQ(input.published->hook, "blocks.3.hook_resid_post");
}

TEST_F(PublishedInputs, EveryKindOfConversionNamesItsFiles) {
  hub_.add("models/ckkissane/attn-saes-gpt2-small-all-layers",
           "gpt2-small_L0_Hcat_z_lr1.20e-03_l11.80e+00_ds24576_bs4096_dc1.00e-06_rsanthropic_"
           "rie25000_nr4_v9.pt",
           "p");
  hub_.add("models/ckkissane/attn-saes-gpt2-small-all-layers",
           "gpt2-small_L0_Hcat_z_lr1.20e-03_l11.80e+00_ds24576_bs4096_dc1.00e-06_rsanthropic_"
           "rie25000_nr4_v9_cfg.json",
           "{}");
  EXPECT_THAT(refusal("gpt2-small-hook-z-kk/blocks.0.hook_z"),
              HasSubstr("--hook blocks.0.attn.hook_z`"));
  hub_.add("models/mwhanna/qwen3-4b-transcoders", "layer_1.safetensors", "p");
  EXPECT_THAT(refusal("mwhanna-qwen3-4b-transcoders/layer_1"),
              HasSubstr("--hook blocks.1.mlp.hook_in --hook-out blocks.1.hook_mlp_out`"));
  hub_.add("models/Qwen/SAE-Res-Qwen3-1.7B-Base-W32K-L0_50", "layer0.sae.pt", "p");
  EXPECT_THAT(refusal("qwen-scope-3-1.7b-base-w32k-l50/layer0"),
              AllOf(HasSubstr("SAE-Res-Qwen3-1.7B-Base-W32K-L0_50"), HasSubstr("layer0.sae.pt")));
}

TEST_F(PublishedInputs, WhatCannotBeReadIsNotFetched) {
  EXPECT_THAT(refusal("temporal-sae-gemma-2-2b/blocks.12.hook_resid_post"),
              HasSubstr("features depend on earlier tokens"));
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(PublishedInputs, ARunByNameAppliesTheListAndSaysIt) {
  // Tiny SAE: every feature pair reads one of 64 directions, so its L0 is about 64.
  const std::string name = "gpt2-small-res-jb/blocks.2.hook_resid_pre";
  auto words = run_of(name, "out");
  const auto hook = std::ranges::find(words, "--hook");
  if (hook != words.end()) words.erase(hook, hook + 2);
  const auto outcome = test::run_program(words, hub_.folder);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto written = manifest("out");
  EXPECT_EQ(written["inputs"]["sae_name"], name);
  EXPECT_EQ(written["inputs"]["sae_settings"], "center_writing_weights=true");
  EXPECT_EQ(written["sae"]["neuronpedia_id"], "gpt2-small/2-res-jb");
  EXPECT_EQ(written["sae"]["expected_l0"], find_published_sae(name)->expected_l0);
  EXPECT_THAT(content_of(hub_.folder / "out" / "report.html"),
              AllOf(HasSubstr("https://www.neuronpedia.org/gpt2-small/2-res-jb"), HasSubstr(name)));
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what)) {
    text.replace(at, what.size(), by);
  }
  return text;
}

TEST_F(PublishedInputs, TheSaeOfTheReadmeRunsByItsName) {
  const std::string name = "gemma-scope-2-270m-pt-res/layer_12_width_16k_l0_medium";
  ASSERT_THAT(content_of(fs::path(ISOGLOSS_SOURCE_DIR) / "README.md"), HasSubstr("--sae " + name));
  auto words = test::tiny_run(hub_.folder / "local", hub_.folder / "out", 4);
  auto sae = std::next(std::ranges::find(words, "--sae"));
  // The tiny SAE in Gemma Scope 2's form; the tiny model has no layer 12.
  const auto weights = content_of(fs::path(*sae) / "sae_weights.safetensors");
  const std::string folder = "resid_post/layer_12_width_16k_l0_medium/";
  hub_.add("models/google/gemma-scope-2-270m-pt", folder + "params.safetensors",
           replaced(replaced(weights, "W_enc", "w_enc"), "W_dec", "w_dec"));
  hub_.add("models/google/gemma-scope-2-270m-pt", folder + "config.json",
           R"({"architecture": "jump_relu", "model_name": "gemma-v3-270m-pt", "type": "sae",)"
           R"( "hf_hook_point_in": "model.layers.2.output"})");
  *sae = name;
  const auto outcome = test::run_program(words, hub_.folder);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("its file says that it reads blocks.2.hook_resid_post, "
                                     "SAELens' list says blocks.12.hook_resid_post"));
  EXPECT_EQ(manifest("out")["inputs"]["hook"], "blocks.2.hook_resid_post");
  EXPECT_EQ(manifest("out")["sae"]["format"], "gemma_scope_2");
  EXPECT_THAT(content_of(hub_.folder / "out" / "report.html"),
              HasSubstr("https://www.neuronpedia.org/gemma-3-270m/12-gemmascope-2-res-16k"));
}

TEST_F(PublishedInputs, AnL0FarFromTheListsIsSaid) {
  const auto is_far = [&](const std::string& name, const std::string& output) {
    const auto outcome = test::run_program(run_of(name, output), hub_.folder);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto check = manifest(output)["self_check"]["l0"].get<double>();
    EXPECT_EQ(manifest(output)["sae"]["expected_l0"], find_published_sae(name)->expected_l0);
    const bool said =
        outcome.err.find("where the SAE was measured by its maker") != std::string::npos;
    const auto ratio = check / find_published_sae(name)->expected_l0;
    EXPECT_EQ(said, ratio > 3 || ratio < 1.0 / 3) << outcome.err << check;
    return said;
  };
  EXPECT_TRUE(is_far("gpt2-small-res-jb/blocks.0.hook_resid_pre", "far"));  // 10 expected
  EXPECT_FALSE(is_far("gpt2-small-res-jb/blocks.8.hook_resid_pre", "near"));
}

TEST_F(PublishedInputs, AFolderOfTheSameFilesWithoutTheSettingsIsAnotherRun) {
  const std::string name = "gpt2-small-mlp-tm/blocks.1.hook_mlp_out";
  const auto words = run_of(name, "out");
  auto by_path = words;
  *std::next(std::ranges::find(by_path, "--sae")) = (hub_.folder / "local" / "sae").string();
  ASSERT_EQ(test::run_program(by_path, hub_.folder).exit_code, 0);
  const auto outcome = test::run_program(words, hub_.folder);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("it differs in sae_settings"));
}

TEST_F(PublishedInputs, InspectShowsWhatTheListSays) {
  const std::string name = "gpt2-small-res-jb/blocks.8.hook_resid_pre";
  serve(name, kGoldenSaes / "legacy-standard");
  const auto outcome = test::run_program({"inspect", name, "--json"}, hub_.folder);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto facts = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(facts["published as"], name);
  EXPECT_EQ(facts["neuronpedia"], "gpt2-small/8-res-jb");
  EXPECT_EQ(facts["center_writing_weights"], true);
  EXPECT_EQ(facts["because"]["center_writing_weights"], "SAELens' list of published SAEs");
}

TEST_F(PublishedInputs, PullFetchesByNameAndSaesLists) {
  const std::string name = "gpt2-small-res-jb/blocks.8.hook_resid_pre";
  serve(name, kGoldenSaes / "legacy-standard");
  const auto pulled = test::run_program({"pull", "--sae", name, "--json"}, hub_.folder);
  ASSERT_EQ(pulled.exit_code, 0) << pulled.err;
  EXPECT_EQ(nlohmann::json::parse(pulled.out)[0]["published"]["name"], name);

  const auto releases = test::run_program({"saes"}, hub_.folder);
  EXPECT_THAT(releases.out,
              AllOf(HasSubstr("gpt2-small-res-jb "), HasSubstr("13857 published SAEs in 170")));
  const auto found = test::run_program({"saes", "gpt2", "res-jb", "blocks.8"}, hub_.folder);
  EXPECT_THAT(found.out, AllOf(HasSubstr(name + "\n"), HasSubstr("L0 "), Not(HasSubstr("gemma"))));
  const auto all = test::run_program({"saes", "gemma", "--json"}, hub_.folder);
  EXPECT_GT(nlohmann::json::parse(all.out).size(), 10'000U);
  const auto none = test::run_program({"saes", "gpt2", "nowhere"}, hub_.folder);
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("holds gpt2 and nowhere"));
}

}  // namespace
}  // namespace isogloss

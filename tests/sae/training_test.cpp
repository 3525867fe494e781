// What load_sae makes of the settings that say what an SAE was trained on.
#include "sae_fixtures.h"

namespace isogloss {
namespace {

using nlohmann::json;

/// The SAE of a cfg.json of SAELens 6 with `metadata`, or of an older one with `flat` settings.
Sae load_with(const json& metadata, const json& flat = json::object()) {
  json cfg = {{"architecture", "standard"}, {"d_in", 2}, {"d_sae", 3}};
  cfg.update(flat);
  if (!metadata.is_null()) {
    cfg["metadata"] = metadata;
    cfg["metadata"]["sae_lens_version"] = "6.54.12";
  }
  const TemporaryFolder folder;
  folder.write("cfg.json", cfg.dump());
  folder.write("sae_weights.safetensors", safetensors_text(small_weights()));
  return load_sae(folder.path());
}

TEST(SaeTraining, IsUnknownWhereAFileOfVersion6SaysNothing) {
  const auto training = load_with(json::object()).training;
  EXPECT_EQ(training.prepend_bos, std::nullopt);
  EXPECT_EQ(training.context_size, 0);
  EXPECT_EQ(training.center_writing_weights, false);
  EXPECT_FALSE(training.folds_weights);
  EXPECT_TRUE(training.differences.empty());
}

TEST(SaeTraining, BeganWithBosWhereAnOlderFileSaysNothing) {
  EXPECT_EQ(load_with(nullptr).training.prepend_bos, true);
  EXPECT_EQ(load_with(nullptr, {{"prepend_bos", false}}).training.prepend_bos, false);
}

TEST(SaeTraining, LeavesCentringOpenWhereAnOlderFileSaysNothing) {
  EXPECT_EQ(load_with(nullptr).training.center_writing_weights, std::nullopt);
  const json kwargs = {{"center_writing_weights", false}};
  EXPECT_EQ(load_with(nullptr, {{"model_from_pretrained_kwargs", kwargs}})
                .training.center_writing_weights,
            false);
}

TEST(SaeTraining, IsReadFromTheMetadata) {
  const auto training =
      load_with({{"prepend_bos", false},
                 {"context_size", 128},
                 {"exclude_special_tokens", true},
                 {"seqpos_slice", {nullptr}},
                 {"model_from_pretrained_kwargs",
                  {{"center_writing_weights", true}, {"fold_ln", true}, {"dtype", "bfloat16"}}}})
          .training;
  EXPECT_EQ(training.prepend_bos, false);
  EXPECT_EQ(training.context_size, 128);
  EXPECT_EQ(training.center_writing_weights, true);
  EXPECT_TRUE(training.folds_weights);
  EXPECT_TRUE(training.differences.empty());
}

TEST(SaeTraining, NamesWhatIsNotApplied) {
  const auto differences =
      load_with({{"seqpos_slice", {nullptr, 64}},
                 {"exclude_special_tokens", {7, 8}},
                 {"model_from_pretrained_kwargs",
                  {{"revision", "step1000"}, {"some_switch", false}, {"center_unembed", true}}}})
          .training.differences;
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_NE(differences[0].find("\"revision\" = \"step1000\""), std::string::npos);
  EXPECT_NE(differences[1].find("[null,64]"), std::string::npos);
  EXPECT_NE(differences[2].find("2 tokens"), std::string::npos);
}

TEST(SaeTraining, RefusesASingleHead) {
  for (const auto* key : {"hook_head_index", "hook_point_head_index"}) {
    expect_error(
        [&] {
          load_with(nullptr, {{key, 3}});
        },
        ErrorCode::kBadInput, {"cfg.json", key, "a single attention head"});
    EXPECT_NO_THROW(load_with(nullptr, {{key, nullptr}}));
  }
}

TEST(SaeTraining, NamesTheSettingOfTheWrongKind) {
  expect_error(
      [] {
        load_with({{"prepend_bos", "yes"}});
      },
      ErrorCode::kBadInput, {"cfg.json", "prepend_bos"});
  expect_error(
      [] {
        load_with({{"context_size", -1}});
      },
      ErrorCode::kBadInput, {"cfg.json", "context_size"});
}

TEST(SaeSettings, MayHoldNumbersThatJsonDoesNotKnow) {
  const TemporaryFolder folder;
  folder.write("cfg.json", R"({"architecture": "standard", "d_in": 2, "d_sae": 3,
      "loss": NaN, "best": -Infinity, "note": "NaN \" Infinity", "grid": [Infinity, 1]})");
  folder.write("sae_weights.safetensors", safetensors_text(small_weights()));
  EXPECT_EQ(load_sae(folder.path()).d_in, 2);
  folder.write("cfg.json", R"({"architecture": "standard", "d_in": NaN, "d_sae": 3})");
  expect_error([&] { load_sae(folder.path()); }, ErrorCode::kBadInput, {"cfg.json", "d_in"});
}

}  // namespace
}  // namespace isogloss

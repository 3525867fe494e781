// What `isogloss inspect` tells of an SAE.
#include "cli/inspect_sae.h"

#include <gtest/gtest.h>

namespace isogloss::cli {
namespace {

const std::string kGolden = ISOGLOSS_GOLDEN_DIR "/sae/";

TEST(InspectSae, SaysEveryConventionAndWhereItIsFrom) {
  const auto facts = describe_sae(load_sae(kGolden + "topk-sub-layer_norm-rescale"));
  EXPECT_EQ(facts["kind"], "sparse autoencoder");
  EXPECT_EQ(facts["format"], "sae_lens");
  EXPECT_EQ(facts["dtype"], "float32");
  EXPECT_EQ(facts["activation"], "topk");
  EXPECT_EQ(facts["k"], 6);
  EXPECT_EQ(facts["rescale_acts_by_decoder_norm"], true);
  EXPECT_EQ(facts["normalization"], "layer_norm");
  EXPECT_EQ(facts["apply_b_dec_to_input"], true);
  EXPECT_EQ(facts["hook"], "blocks.3.hook_resid_post");
  EXPECT_EQ(facts["prepend_bos"], true);
  EXPECT_FALSE(facts.contains("predicts"));
  EXPECT_EQ(facts["because"]["activation"], "cfg.json: architecture");
  EXPECT_EQ(facts["because"]["hook"], "cfg.json: metadata");
  EXPECT_TRUE(facts["because"].contains("decoder norm"));
  EXPECT_FALSE(facts["because"].contains("predicts"));
}

TEST(InspectSae, SaysWhatATranscoderPredicts) {
  const auto facts = describe_sae(
      load_sae(kGolden + "gemma_scope_2/transcoder_all/layer_5_width_16k_l0_big_affine"));
  EXPECT_EQ(facts["kind"], "transcoder");
  EXPECT_EQ(facts["hook"], "blocks.5.mlp.hook_in");
  EXPECT_EQ(facts["predicts"], "blocks.5.hook_mlp_out");
  EXPECT_EQ(facts["d_out"], 14);
  EXPECT_EQ(facts["skip_connection"], true);
  EXPECT_LT(facts["threshold"]["least"], facts["threshold"]["most"]);
  EXPECT_EQ(facts["because"]["predicts"], "config.json");
}

TEST(InspectSae, SaysWhatTheConverterRecorded) {
  const auto facts = describe_sae(load_sae(kGolden + "converted/openai-TopK"));
  EXPECT_EQ(facts["conversion"]["trainer"], "OpenAI's sparse_autoencoder");
}

}  // namespace
}  // namespace isogloss::cli

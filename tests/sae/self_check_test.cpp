#include "isogloss/sae/self_check.h"

#include <limits>

#include "sae_fixtures.h"

namespace isogloss {
namespace {

/// Reads off the positive part of each of two inputs.
Sae relu_sae() {
  Sae sae;
  sae.d_in = 2;
  sae.n_features = 3;
  sae.w_enc = {1, 0, 0, 0, 1, 0};  // [2, 3]; the third feature is dead
  sae.b_enc = {0, 0, -1};
  sae.w_dec = {1, 0, 0, 1, 1, 1};  // [3, 2]
  sae.b_dec = {0, 0};
  sae.model_name = "tiny";
  sae.hook_name = "blocks.3.hook_resid_post";
  return sae;
}

TEST(SelfCheck, CountsByHand) {
  const auto sae = relu_sae();
  // Mean (1, 1); Σ‖x − mean‖² = (1+1) + (1+1) + (4+4) + (4+4) = 20; only (−1, −1) is lost: 2.
  const std::vector<float> x = {2, 2, 0, 0, 3, 3, -1, -1};
  const auto check = self_check(sae, x, x, encode_reference(sae, x));
  EXPECT_EQ(check.n_tokens, 4);
  EXPECT_DOUBLE_EQ(check.fvu, 2.0 / 20.0);
  EXPECT_DOUBLE_EQ(check.l0, 4.0 / 4.0);
  EXPECT_DOUBLE_EQ(check.dead_share, 1.0 / 3.0);
  EXPECT_EQ(self_check_failure(check, sae), "");
}

TEST(SelfCheck, RefusesAReconstructionWorseThanTheMean) {
  auto sae = relu_sae();
  sae.b_dec = {50, 50};
  const std::vector<float> x = {2, 2, 0, 1};
  const auto check = self_check(sae, x, x, encode_reference(sae, x));
  EXPECT_GT(check.fvu, 1);
  const auto failure = self_check_failure(check, sae);
  EXPECT_NE(failure.find("FVU"), std::string::npos);
  EXPECT_NE(failure.find("blocks.3.hook_resid_post"), std::string::npos) << failure;
}

TEST(SelfCheck, RefusesASilentSae) {
  auto sae = relu_sae();
  sae.b_enc = {-100, -100, -100};
  const std::vector<float> x = {2, 2, 0, 1};
  const auto check = self_check(sae, x, x, encode_reference(sae, x));
  EXPECT_EQ(check.l0, 0);
  EXPECT_EQ(check.dead_share, 1);
  EXPECT_NE(self_check_failure(check, sae).find("no feature fires"), std::string::npos);
}

TEST(SelfCheck, RefusesAnSaeWithoutSparsity) {
  auto sae = relu_sae();
  sae.b_enc = {100, 100, 100};
  const std::vector<float> x = {2, 2, 0, 1};
  const auto check = self_check(sae, x, x, encode_reference(sae, x));
  EXPECT_NE(self_check_failure(check, sae).find("every feature fires"), std::string::npos);
}

TEST(SelfCheck, RefusesFiguresThatAreNotNumbers) {
  auto sae = relu_sae();
  const std::vector<float> constant = {2, 2, 2, 2};
  const auto check = self_check(sae, constant, constant, encode_reference(sae, constant));
  EXPECT_FALSE(check.fvu <= 1);  // 0 / 0: tokens that are all the same
  EXPECT_NE(self_check_failure(check, sae), "");
}

TEST(SelfCheck, ComparesATranscoderWithWhatItPredicts) {
  auto sae = relu_sae();
  sae.is_transcoder = true;
  sae.hook_name_out = "blocks.3.hook_mlp_out";
  sae.w_dec = {1, 2, 3};  // [3, 1]
  sae.b_dec = {1};
  sae.w_skip = {10, 0};  // [2, 1]
  const std::vector<float> x = {2, 2, 0, 1};
  // Predicted: 2·1 + 2·2 + 1 + 20 = 27 and 1·2 + 1 = 3.
  const std::vector<float> target = {27, 9};
  const auto check = self_check(sae, x, target, encode_reference(sae, x));
  EXPECT_DOUBLE_EQ(check.fvu, 36.0 / 162.0);
  const std::vector<float> other = {3, 27};
  const auto failed = self_check(sae, x, other, encode_reference(sae, x));
  EXPECT_NE(self_check_failure(failed, sae).find("blocks.3.hook_mlp_out"), std::string::npos);
}

TEST(SelfCheck, DoesNotJudgeATranscoderByWhatIsNotKnown) {
  auto sae = relu_sae();
  sae.is_transcoder = true;
  const std::vector<float> x = {2, 2, 0, 1};
  const auto check = self_check(sae, x, {}, encode_reference(sae, x));
  EXPECT_FALSE(check.fvu == check.fvu);
  EXPECT_EQ(self_check_failure(check, sae), "");
  sae.b_enc = {-100, -100, -100};
  const auto silent = self_check(sae, x, {}, encode_reference(sae, x));
  EXPECT_NE(self_check_failure(silent, sae), "");
}

TEST(SelfCheck, SaysAnL0FarFromTheMakersBothWays) {
  SelfCheck check;
  check.n_tokens = 4096;
  check.l0 = 90;
  EXPECT_EQ(l0_remark(check, 0), "");  // not known
  EXPECT_EQ(l0_remark(check, 90), "");
  EXPECT_EQ(l0_remark(check, 30), "");
  EXPECT_EQ(l0_remark(check, 270), "");
  for (const double expected : {29.0, 271.0}) {
    const auto remark = l0_remark(check, expected);
    EXPECT_NE(remark.find("90 features fire"), std::string::npos) << remark;
    EXPECT_NE(remark.find(std::to_string(static_cast<int>(expected))), std::string::npos) << remark;
  }
}

}  // namespace
}  // namespace isogloss

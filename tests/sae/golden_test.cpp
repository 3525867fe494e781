// Every SAE that SAELens wrote and evaluated, and Gemma Scope's formula evaluated by numpy.
#include "golden_answers.h"

namespace isogloss {
namespace {

nlohmann::json cases() { return nlohmann::json::parse(read_text(kGolden / "cases.json"))["cases"]; }

class SaeLensGolden : public testing::TestWithParam<nlohmann::json> {};

TEST_P(SaeLensGolden, EncodesAndDecodesAsSaeLens) {
  const auto& entry = GetParam();
  const auto folder = kGolden / entry["case"].get<std::string>();
  const auto sae = load_sae(folder);
  expect_answers(sae, Answers(folder), entry.value("exact", false),
                 entry.value("tied_pairs", false));
}

TEST_P(SaeLensGolden, ReadsTheConventionsAsSaeLens) {
  const auto& entry = GetParam();
  const auto sae = load_sae(kGolden / entry["case"].get<std::string>());
  EXPECT_EQ(sae.format, "sae_lens");
  EXPECT_EQ(sae.d_in, entry["d_in"]);
  EXPECT_EQ(sae.n_features, entry["d_sae"]);
  EXPECT_EQ(sae.hook_name, entry["hook_name"]);
  EXPECT_EQ(sae.apply_b_dec_to_input, entry["apply_b_dec_to_input"]);
  EXPECT_EQ(sae.rescale_acts_by_decoder_norm, entry["rescale_acts_by_decoder_norm"]);
  EXPECT_EQ(sae.k, entry["k"].is_null() ? 0 : entry["k"].get<int>());
  const auto architecture = entry["architecture"].get<std::string>();
  EXPECT_EQ(sae.threshold.empty(), !architecture.starts_with("jumprelu"));
  EXPECT_EQ(sae.activation == SaeActivation::kGated, architecture == "gated");
  EXPECT_EQ(sae.is_transcoder, architecture.ends_with("transcoder"));
  EXPECT_EQ(sae.w_skip.empty(), architecture.find("skip") == std::string::npos);
  EXPECT_EQ(sae.hook_name_out, entry.value("hook_name_out", ""));
  const std::vector<std::string> modes = {"none", "expected_average_only_in",
                                          "constant_norm_rescale", "layer_norm"};
  EXPECT_EQ(modes[static_cast<std::size_t>(sae.normalization)], entry["normalize_activations"]);
}

INSTANTIATE_TEST_SUITE_P(Sae, SaeLensGolden, testing::ValuesIn(cases()), [](const auto& test) {
  auto name = test.param["case"].template get<std::string>();
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(GemmaScopeGolden, EncodesAsTheFormula) {
  const auto folder = kGolden / "gemma_scope";
  const Answers answers(folder);
  for (const auto* name : {"params.npz", "params_compressed.npz", "params_lower_case.npz", "."}) {
    SCOPED_TRACE(name);
    const auto sae = load_sae(folder / name);
    EXPECT_EQ(sae.format, "gemma_scope");
    EXPECT_FALSE(sae.apply_b_dec_to_input);
    EXPECT_EQ(sae.activation, SaeActivation::kJumpRelu);
    expect_answers(sae, answers, true, false);
  }
}

TEST(DemoSae, LoadsAndEncodes) {
  const auto folder = std::filesystem::path(ISOGLOSS_SOURCE_DIR) / "data" / "demo-sae";
  const auto sae = load_sae(folder);
  EXPECT_EQ(sae.d_in, 640);
  EXPECT_EQ(sae.n_features, 4096);
  EXPECT_EQ(sae.hook_name, "blocks.12.hook_resid_post");
  EXPECT_EQ(sae.model_name, "gemma-3-270m");
  EXPECT_NEAR(sae.threshold[17], 288.16, 0.01);
  EXPECT_EQ(sae_files(folder).size(), 2U);
  // Rows of the length this model's residuals have.
  const auto x = random_floats(3 * 640, 14000.0F / std::sqrt(640.0F), 6);
  const auto rows = Encoder(sae, 2, false).encode(x);
  expect_well_formed(rows, sae.n_features);
  EXPECT_EQ(rows.features, encode_reference(sae, x).features);
}

}  // namespace
}  // namespace isogloss

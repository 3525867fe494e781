// Llama Scope (He et al. 2024, arXiv:2410.20526), as its authors' lm-saes evaluates it and SAELens
// 6.54 loads it.
#include <fmt/format.h>

#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/formats/llama_scope_internal.h"
#include "isogloss/sae/matrices.h"
#include "isogloss/sae/settings.h"

namespace isogloss {

void refuse_other_llama_scopes(const Settings& cfg) {
  const auto function = cfg.text("act_fn");
  if (!function.empty() && function != "jumprelu") {
    cfg.fail(fmt::format("act_fn {} is not supported; jumprelu is", function));
  }
  if (cfg.flag("use_glu_encoder", false)) {
    cfg.fail("use_glu_encoder is set: gated linear units are not supported");
  }
}

void fold_decoder_norms(Sae& sae) {
  const auto d_out = sae.b_dec.size();
  const auto norms = row_lengths(sae.w_dec, d_out);
  const auto n_features = norms.size();
  for (std::size_t i = 0; i < sae.w_enc.size(); ++i) sae.w_enc[i] *= norms[i % n_features];
  for (std::size_t f = 0; f < n_features; ++f) {
    sae.b_enc[f] *= norms[f];
    if (norms[f] == 0) continue;
    for (auto& weight : std::span(sae.w_dec).subspan(f * d_out, d_out)) weight /= norms[f];
  }
}

void fold_scales(float in, float out, Sae& sae) {
  for (auto& weight : sae.w_enc) weight *= in;
  for (auto& weight : sae.w_dec) weight /= out;
  for (auto& weight : sae.b_dec) weight /= out;
}

namespace {

constexpr std::string_view kFileNames[] = {"hyperparams.json", "checkpoints/final.safetensors"};

/// Factors that bring activations to the length √d_model they had in training: x·in is what the
/// encoder was trained on, and the decoder's output is y·out.
struct Scales {
  float in = 1;
  float out = 1;
};

float scale_of(const Settings& cfg, const Settings& norms, const char* key, std::int32_t d_model) {
  const double norm = norms.number(key);
  if (!(norm > 0))
    cfg.fail(fmt::format("dataset_average_activation_norm.{} must be positive", key));
  return static_cast<float>(std::sqrt(static_cast<double>(d_model)) / norm);
}

Scales scales_of(const Settings& cfg, std::int32_t d_model) {
  const auto mode = cfg.text("norm_activation");
  if (!mode.empty() && mode != "dataset-wise") {
    cfg.fail(fmt::format("norm_activation {} is not supported; dataset-wise is", mode));
  }
  const auto norms = cfg.child("dataset_average_activation_norm");
  return {scale_of(cfg, norms, "in", d_model), scale_of(cfg, norms, "out", d_model)};
}

Sae read_llama_scope(std::span<const SaeFile> files) {
  const SettingsFile file(files[0]);
  const auto cfg = file.settings();
  refuse_other_llama_scopes(cfg);
  Sae sae;
  sae.activation = SaeActivation::kJumpRelu;
  sae.apply_b_dec_to_input = cfg.flag("apply_decoder_bias_to_pre_encoder", false);
  sae.normalization = SaeNormalization::kExpectedAverageOnlyIn;
  sae.d_in = cfg.size("d_model");
  sae.n_features = cfg.size("d_sae");
  const auto scales = scales_of(cfg, sae.d_in);
  sae.hook_name = cfg.text("hook_point_in");
  sae.hook_name_out = cfg.text("hook_point_out");
  if (sae.hook_name_out == sae.hook_name) sae.hook_name_out.clear();
  sae.is_transcoder = !sae.hook_name_out.empty();
  if (sae.is_transcoder && sae.apply_b_dec_to_input) {
    cfg.fail("apply_decoder_bias_to_pre_encoder is not supported for transcoders");
  }
  const bool folds = cfg.flag("sparsity_include_decoder_norm", true);

  const auto weights = open_safetensors(files[1].bytes, files[1].path);
  WeightReader reader(*weights);
  sae.stored_type = to_string(reader.info("encoder.weight").type);
  sae.b_enc = reader.take("encoder.bias", {sae.n_features});
  sae.b_dec = reader.take("decoder.bias", {sae.d_in});
  sae.w_enc = take_transposed(reader, "encoder.weight", sae.d_in, sae.n_features);
  sae.w_dec = take_transposed(reader, "decoder.weight", sae.n_features, sae.d_in);
  reader.expect_all_taken("encoder.weight, encoder.bias, decoder.weight, decoder.bias");
  if (folds) fold_decoder_norms(sae);
  // The threshold was measured on activations of the model's own length.
  const auto threshold = static_cast<float>(cfg.number("jump_relu_threshold") * scales.in);
  sae.threshold.assign(static_cast<std::size_t>(sae.n_features), threshold);
  fold_scales(scales.in, scales.out, sae);
  sae.reasons = {
      {"activation", fmt::format("hyperparams.json: act_fn; one threshold, {:.6g}", threshold)},
      {"apply_b_dec_to_input", "hyperparams.json: apply_decoder_bias_to_pre_encoder"},
      {"normalization", fmt::format("hyperparams.json: dataset_average_activation_norm; the factor "
                                    "{:.6g} is folded into the weights",
                                    scales.in)},
      {"decoder norm", folds ? "folded into the encoder: sparsity_include_decoder_norm"
                             : "as in the file: sparsity_include_decoder_norm is false"},
      {"hook", "hyperparams.json: hook_point_in"},
      {"predicts", "hyperparams.json: hook_point_out"}};
  return sae;
}

}  // namespace

const SaeFormat sae_format::llama_scope = {
    .name = "llama_scope",
    .accepted = "a Llama Scope folder (hyperparams.json and checkpoints/final.safetensors)",
    .file_names = kFileNames,
    .optional_file_names = {},
    .extension = {},
    .read = &read_llama_scope,
};

}  // namespace isogloss

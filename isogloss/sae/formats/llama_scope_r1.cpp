// Llama Scope's later format, in which its SAEs for DeepSeek-R1-Distill are published, as SAELens
// 6.54 loads it. Thresholds are one per feature, and in the scale of training.
#include <fmt/format.h>

#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/formats/llama_scope_internal.h"
#include "isogloss/sae/matrices.h"
#include "isogloss/sae/settings.h"

namespace isogloss {
namespace {

constexpr std::string_view kFileNames[] = {"config.json", "sae_weights.safetensors"};

/// √d_model over the average length of the activations in training, which lies among the weights
/// under the hook's name or "in"; then "out" is there as well.
float take_scale(WeightReader& reader, const std::string& hook, std::int32_t d_model) {
  const std::string prefix = "dataset_average_activation_norm.";
  const auto take_norm = [&](const std::string& name) {
    const auto shape = reader.info(name).shape;
    const auto norm = reader.take(name, shape);
    if (norm.size() == 1 && norm.front() > 0) return norm.front();
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {} must be one positive number; fetch the file again",
                            reader.path(), name));
  };
  const bool by_hook = reader.has(prefix + hook);
  const auto norm = take_norm(prefix + (by_hook ? hook : "in"));
  if (!by_hook && reader.has(prefix + "out") && take_norm(prefix + "out") != norm) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {}in and {}out differ, which an SAE's cannot", reader.path(),
                            prefix, prefix));
  }
  return static_cast<float>(std::sqrt(static_cast<double>(d_model)) / static_cast<double>(norm));
}

void expect_dataset_wise(const Settings& cfg) {
  const auto mode = cfg.text("norm_activation");
  if (mode.empty() || mode == "dataset-wise") return;
  cfg.fail(fmt::format("norm_activation {} is not supported; dataset-wise is", mode));
}

void take_weights(WeightReader& reader, Sae& sae) {
  const auto sizes = matrix_sizes(reader, "encoder.weight", "[d_sae, d_model]");
  sae.n_features = sizes.rows;
  sae.stored_type = to_string(reader.info("encoder.weight").type);
  sae.b_enc = reader.take("encoder.bias", {sae.n_features});
  sae.b_dec = reader.take("decoder.bias", {sae.d_in});
  sae.threshold = reader.take("log_jumprelu_threshold", {sae.n_features});
  for (auto& value : sae.threshold) value = std::exp(value);
  sae.w_enc = take_transposed(reader, "encoder.weight", sae.d_in, sae.n_features);
  sae.w_dec = take_transposed(reader, "decoder.weight", sae.n_features, sae.d_in);
}

Sae read_llama_scope_r1(std::span<const SaeFile> files) {
  const SettingsFile file(files[0]);
  const auto cfg = file.settings();
  refuse_other_llama_scopes(cfg);
  expect_dataset_wise(cfg);
  Sae sae;
  sae.activation = SaeActivation::kJumpRelu;
  sae.normalization = SaeNormalization::kExpectedAverageOnlyIn;
  sae.d_in = cfg.size("d_model");
  sae.hook_name = cfg.text("hook_point_in");
  const auto hook_out = cfg.text("hook_point_out");
  if (hook_out != sae.hook_name) {
    cfg.fail("hook_point_out is not hook_point_in: transcoders in this format are not supported");
  }
  if (cfg.flag("apply_decoder_bias_to_pre_encoder", false)) {
    cfg.fail("apply_decoder_bias_to_pre_encoder is set, which SAELens does not support either");
  }
  const bool folds = cfg.flag("sparsity_include_decoder_norm", true);
  const auto weights = open_safetensors(files[1].bytes, files[1].path);
  WeightReader reader(*weights);
  take_weights(reader, sae);
  const auto scale = take_scale(reader, sae.hook_name, sae.d_in);
  reader.expect_all_taken(
      "encoder.weight, encoder.bias, decoder.weight, decoder.bias, log_jumprelu_threshold, "
      "dataset_average_activation_norm");
  if (folds) fold_decoder_norms(sae);
  fold_scales(scale, scale, sae);
  sae.reasons = {
      {"activation", "sae_weights.safetensors: log_jumprelu_threshold"},
      {"apply_b_dec_to_input", "config.json: apply_decoder_bias_to_pre_encoder"},
      {"normalization", fmt::format("sae_weights.safetensors: dataset_average_activation_norm; the "
                                    "factor {:.6g} is folded into the weights",
                                    scale)},
      {"decoder norm", folds ? "folded into the encoder: sparsity_include_decoder_norm"
                             : "as in the file: sparsity_include_decoder_norm is false"},
      {"hook", "config.json: hook_point_in"}};
  return sae;
}

}  // namespace

const SaeFormat sae_format::llama_scope_r1 = {
    .name = "llama_scope_r1",
    .accepted = "a Llama Scope R1 folder (config.json and sae_weights.safetensors)",
    .file_names = kFileNames,
    .optional_file_names = {},
    .extension = {},
    .read = &read_llama_scope_r1,
};

}  // namespace isogloss

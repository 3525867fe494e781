// SAELens' folders. What each setting means was read in sae-lens 6.54 (docs/sae-formats.md).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/sae_lens_training.h"
#include "isogloss/sae/settings.h"
#include "isogloss/sae/tensor_file.h"

namespace isogloss {
namespace {

/// SAELens reads a cfg.json without a version, or with one before 6, by its older rules.
bool is_legacy(const Settings& cfg) {
  auto version = cfg.text("sae_lens_version");
  if (version.empty()) version = cfg.child("metadata").text("sae_lens_version");
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major < 6;
}

/// The first of `keys` that is set, in the metadata or beside it.
std::string text_of_any(const Settings& cfg, std::initializer_list<const char*> keys) {
  const auto metadata = cfg.child("metadata");
  for (const auto* key : keys) {
    for (const auto* place : {&metadata, &cfg}) {
      if (auto text = place->text(key); !text.empty()) return text;
    }
  }
  return {};
}

/// The architecture's name. In older files only the activation function tells that it is TopK.
std::string architecture_of(const Settings& cfg, bool legacy) {
  auto architecture = cfg.text("architecture");
  if (!legacy) {
    if (architecture.empty()) cfg.fail("has no architecture; save the SAE again with SAELens");
    return architecture;
  }
  if (architecture.empty()) architecture = "standard";
  const auto function = text_of_any(cfg, {"activation_fn", "activation_fn_str"});
  if (function == "topk") return "topk";
  if (!function.empty() && function != "relu") {
    cfg.fail(fmt::format("activation function {} is not supported; relu and topk are", function));
  }
  return architecture;
}

SaeActivation activation_of(const Settings& cfg, const std::string& architecture) {
  if (architecture == "standard") return SaeActivation::kRelu;
  if (architecture == "jumprelu") return SaeActivation::kJumpRelu;
  if (architecture == "topk") return SaeActivation::kTopK;
  if (architecture == "batchtopk" || architecture == "matryoshka_batchtopk") {
    cfg.fail(
        fmt::format("{} is a training checkpoint; save it with SAELens' save_inference_model, "
                    "which makes a jumprelu SAE of it",
                    architecture));
  }
  cfg.fail(fmt::format("architecture {} is not supported; standard, jumprelu and topk are",
                       architecture));
}

SaeNormalization normalization_of(const Settings& cfg) {
  const auto* value = cfg.find("normalize_activations");
  if (value == nullptr) return SaeNormalization::kNone;
  if (value->is_boolean()) {
    return value->get<bool>() ? SaeNormalization::kExpectedAverageOnlyIn : SaeNormalization::kNone;
  }
  const auto mode = cfg.text("normalize_activations");
  if (mode == "none") return SaeNormalization::kNone;
  if (mode == "expected_average_only_in") return SaeNormalization::kExpectedAverageOnlyIn;
  if (mode == "constant_norm_rescale") return SaeNormalization::kConstantNormRescale;
  if (mode == "layer_norm") return SaeNormalization::kLayerNorm;
  cfg.fail(
      fmt::format("normalize_activations {} is not supported; none, expected_average_only_in, "
                  "constant_norm_rescale and layer_norm are",
                  mode));
}

std::int32_t top_k_of(const Settings& cfg, bool legacy, std::int32_t n_features) {
  const auto arguments = cfg.child("activation_fn_kwargs");
  const auto k = legacy && arguments.find("k") != nullptr ? arguments.size("k") : cfg.size("k");
  if (k > n_features) cfg.fail(fmt::format("k = {} exceeds d_sae = {}", k, n_features));
  return k;
}

void expect_flat_input(const Settings& cfg, bool legacy, const std::string& hook_name) {
  const auto reshape = cfg.text("reshape_activations");
  const bool by_hook = legacy && reshape.empty() && hook_name.find("hook_z") != std::string::npos;
  if (by_hook || (!reshape.empty() && reshape != "none")) {
    cfg.fail(
        "SAEs on attention heads (reshape_activations hook_z) are not supported; those on the "
        "residual stream are");
  }
}

/// For a time SAELens wrote one factor per feature, which was always one. SAELens drops it where
/// torch.allclose says so.
void drop_unit_scaling_factor(WeightReader& reader, const std::string& path,
                              std::int64_t n_features) {
  if (!reader.has("scaling_factor")) return;
  const auto factors = reader.take("scaling_factor", {n_features});
  if (!std::ranges::all_of(factors, [](float f) { return std::fabs(f - 1.0F) <= 1e-5F; })) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has a scaling_factor other than 1, which SAELens 6 does not load "
                            "either; fold it into the weights",
                            path));
  }
}

std::vector<float> take_threshold(WeightReader& reader, std::int64_t n_features) {
  if (reader.has("threshold") || !reader.has("log_threshold")) {
    return reader.take("threshold", {n_features});
  }
  auto threshold = reader.take("log_threshold", {n_features});
  for (auto& value : threshold) value = std::exp(value);
  return threshold;
}

constexpr std::string_view kFileNames[] = {"cfg.json", "sae_weights.safetensors"};

Sae read_sae_lens(std::span<const SaeFile> files) {
  const SettingsFile file(files[0]);
  const auto cfg = file.settings();
  const bool legacy = is_legacy(cfg);
  Sae sae;
  sae.model_name = text_of_any(cfg, {"model_name"});
  sae.hook_name = text_of_any(cfg, {"hook_name", "hook_point"});
  sae.neuronpedia_id = text_of_any(cfg, {"neuronpedia_id"});
  sae.training = read_sae_lens_training(legacy ? cfg : cfg.child("metadata"), legacy);
  expect_flat_input(cfg, legacy, sae.hook_name);
  const auto architecture = architecture_of(cfg, legacy);
  sae.activation = activation_of(cfg, architecture);
  sae.normalization = normalization_of(cfg);
  sae.apply_b_dec_to_input = cfg.flag("apply_b_dec_to_input", true);
  sae.d_in = cfg.size("d_in");
  sae.n_features = cfg.size("d_sae");
  if (sae.normalization == SaeNormalization::kLayerNorm && sae.d_in < 2) {
    cfg.fail("layer_norm needs d_in of 2 or more");
  }
  if (sae.activation == SaeActivation::kTopK) {
    sae.k = top_k_of(cfg, legacy, sae.n_features);
    sae.rescale_acts_by_decoder_norm = cfg.flag("rescale_acts_by_decoder_norm", false);
  }

  const auto weights = open_safetensors(files[1].bytes, files[1].path);
  WeightReader reader(*weights);
  sae.b_enc = reader.take("b_enc", {sae.n_features});
  sae.b_dec = reader.take("b_dec", {sae.d_in});
  if (sae.activation == SaeActivation::kJumpRelu) {
    sae.threshold = take_threshold(reader, sae.n_features);
  }
  drop_unit_scaling_factor(reader, weights->path(), sae.n_features);
  sae.w_enc = reader.take("W_enc", {sae.d_in, sae.n_features});
  sae.w_dec = reader.take("W_dec", {sae.n_features, sae.d_in});
  reader.expect_all_taken(sae.activation == SaeActivation::kJumpRelu
                              ? "W_enc, b_enc, W_dec, b_dec, threshold"
                              : "W_enc, b_enc, W_dec, b_dec");
  return sae;
}

}  // namespace

const SaeFormat sae_format::sae_lens = {
    .name = "sae_lens",
    .accepted = "a SAELens folder (cfg.json and sae_weights.safetensors)",
    .file_names = kFileNames,
    .optional_file_names = {},
    .extension = {},
    .read = &read_sae_lens,
};

}  // namespace isogloss

// SAELens' folders. What each setting means was read in sae-lens 6.54 (docs/sae-formats.md).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/matrices.h"
#include "isogloss/sae/sae_lens_training.h"
#include "isogloss/sae/settings.h"

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

struct Architecture {
  std::string_view name;
  SaeActivation activation;
  bool is_transcoder = false;
  bool skips = false;  ///< has a skip connection
};

constexpr Architecture kArchitectures[] = {
    {"standard", SaeActivation::kRelu},
    {"jumprelu", SaeActivation::kJumpRelu},
    {"topk", SaeActivation::kTopK},
    {"gated", SaeActivation::kGated},
    {"transcoder", SaeActivation::kRelu, true, false},
    {"skip_transcoder", SaeActivation::kRelu, true, true},
    {"jumprelu_transcoder", SaeActivation::kJumpRelu, true, false},
    {"jumprelu_skip_transcoder", SaeActivation::kJumpRelu, true, true},
};

const Architecture& find_architecture(const Settings& cfg, const std::string& name) {
  const auto* found = std::ranges::find(kArchitectures, name, &Architecture::name);
  if (found != std::end(kArchitectures)) return *found;
  if (name == "batchtopk" || name == "matryoshka_batchtopk") {
    cfg.fail(
        fmt::format("{} is a training checkpoint; save it with SAELens' save_inference_model, "
                    "which makes a jumprelu SAE of it",
                    name));
  }
  std::vector<std::string_view> names;
  for (const auto& architecture : kArchitectures) names.push_back(architecture.name);
  cfg.fail(fmt::format("architecture {} is not supported; take one of {}", name,
                       fmt::join(names, ", ")));
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

/// SAELens flattens the heads of hook_z, head by head, which is how the hook's rows are read here.
void expect_known_reshaping(const Settings& cfg, const std::string& hook_name) {
  const auto reshape = cfg.text("reshape_activations");
  if (reshape.empty() || reshape == "none") return;
  if (reshape != "hook_z") {
    cfg.fail(fmt::format("reshape_activations {} is not supported; hook_z is", reshape));
  }
  if (!hook_name.empty() && !hook_name.ends_with("_z")) {
    cfg.fail(
        fmt::format("reshape_activations is hook_z, but the hook is {}; save the SAE again "
                    "with its own hook",
                    hook_name));
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

/// Everything in cfg.json that does not depend on the architecture, and the sizes.
void read_settings(const Settings& cfg, bool legacy, Sae& sae) {
  sae.model_name = text_of_any(cfg, {"model_name"});
  sae.hook_name = text_of_any(cfg, {"hook_name", "hook_point"});
  sae.neuronpedia_id = text_of_any(cfg, {"neuronpedia_id"});
  sae.training = read_sae_lens_training(legacy ? cfg : cfg.child("metadata"), legacy);
  expect_known_reshaping(cfg, sae.hook_name);
  sae.normalization = normalization_of(cfg);
  sae.d_in = cfg.size("d_in");
  sae.n_features = cfg.size("d_sae");
  if (sae.normalization == SaeNormalization::kLayerNorm && sae.d_in < 2) {
    cfg.fail("layer_norm needs d_in of 2 or more");
  }
}

/// A transcoder never subtracts b_dec, which belongs to what it predicts.
bool subtracts_b_dec(const Settings& cfg, bool is_transcoder) {
  const bool subtracts = cfg.flag("apply_b_dec_to_input", !is_transcoder);
  if (is_transcoder && subtracts) {
    cfg.fail("apply_b_dec_to_input is set, which SAELens does not support for transcoders either");
  }
  return subtracts;
}

void take_biases(WeightReader& reader, Sae& sae) {
  if (sae.activation != SaeActivation::kGated) {
    sae.b_enc = reader.take("b_enc", {sae.n_features});
    return;
  }
  sae.b_enc = reader.take("b_mag", {sae.n_features});
  sae.gate_bias = reader.take("b_gate", {sae.n_features});
  sae.gain = reader.take("r_mag", {sae.n_features});
  for (auto& value : sae.gain) value = std::exp(value);
}

void take_weights(WeightReader& reader, const Architecture& architecture, std::int32_t d_out,
                  Sae& sae) {
  sae.stored_type = to_string(reader.info("W_enc").type);
  take_biases(reader, sae);
  sae.b_dec = reader.take("b_dec", {d_out});
  std::string names = sae.activation == SaeActivation::kGated
                          ? "W_enc, b_gate, b_mag, r_mag, W_dec, b_dec"
                          : "W_enc, b_enc, W_dec, b_dec";
  if (sae.activation == SaeActivation::kJumpRelu) {
    sae.threshold = take_threshold(reader, sae.n_features);
    names += ", threshold";
  }
  drop_unit_scaling_factor(reader, reader.path(), sae.n_features);
  if (architecture.skips) {
    sae.w_skip = take_transposed(reader, "W_skip", sae.d_in, d_out);
    names += ", W_skip";
  }
  sae.w_enc = reader.take("W_enc", {sae.d_in, sae.n_features});
  sae.w_dec = reader.take("W_dec", {sae.n_features, d_out});
  reader.expect_all_taken(names);
}

std::vector<SaeReason> reasons_of(const Settings& cfg, bool legacy) {
  const auto said = [&](const char* key) { return cfg.find(key) != nullptr; };
  const std::string metadata = legacy ? "cfg.json" : "cfg.json: metadata";
  std::vector<SaeReason> reasons = {
      {"activation", legacy ? "cfg.json: architecture and activation_fn, as before SAELens 6"
                            : "cfg.json: architecture"},
      {"apply_b_dec_to_input",
       said("apply_b_dec_to_input") ? "cfg.json" : "SAELens' default; cfg.json does not say"},
      {"normalization", said("normalize_activations") ? "cfg.json: normalize_activations"
                                                      : "SAELens' default; cfg.json does not say"},
      {"decoder norm", "cfg.json does not record whether fold_W_dec_norm was applied"},
      {"model", metadata},
      {"hook", metadata},
      {"predicts", metadata}};
  // What tools/convert_sae.py recorded.
  const auto conventions = cfg.child("metadata").child("conventions");
  for (const auto& [key, value] : conventions.object().items()) {
    if (value.is_string()) reasons.push_back({"conversion: " + key, value.get<std::string>()});
  }
  return reasons;
}

Sae read_sae_lens(std::span<const SaeFile> files) {
  const SettingsFile file(files[0]);
  const auto cfg = file.settings();
  const bool legacy = is_legacy(cfg);
  Sae sae;
  const auto& architecture = find_architecture(cfg, architecture_of(cfg, legacy));
  sae.activation = architecture.activation;
  sae.is_transcoder = architecture.is_transcoder;
  sae.apply_b_dec_to_input = subtracts_b_dec(cfg, sae.is_transcoder);
  read_settings(cfg, legacy, sae);
  if (sae.is_transcoder) sae.hook_name_out = text_of_any(cfg, {"hook_name_out"});
  if (sae.activation == SaeActivation::kTopK) {
    sae.k = top_k_of(cfg, legacy, sae.n_features);
    sae.rescale_acts_by_decoder_norm = cfg.flag("rescale_acts_by_decoder_norm", false);
  }
  sae.reasons = reasons_of(cfg, legacy);
  const auto weights = open_safetensors(files[1].bytes, files[1].path);
  WeightReader reader(*weights);
  take_weights(reader, architecture, sae.is_transcoder ? cfg.size("d_out") : sae.d_in, sae);
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

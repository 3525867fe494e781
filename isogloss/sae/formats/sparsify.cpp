// EleutherAI's sparsify, as its SparseCoder evaluates it (read in eai-sparsify 1.3).
#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <limits>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/matrices.h"
#include "isogloss/sae/settings.h"

namespace isogloss {
namespace {

constexpr std::string_view kFileNames[] = {"cfg.json", "sae.safetensors"};

/// The folder of an SAE is called as the module whose output it reads: layers.5, or layers.5.mlp.
/// Older ones write layers_5. Empty if it is called otherwise.
std::string module_of(const std::string& path) {
  auto name = std::filesystem::absolute(path).lexically_normal().parent_path().filename().string();
  if (name.starts_with("layers_")) name[std::string_view("layers").size()] = '.';
  return name.starts_with("layers.") || name.starts_with("h.") ? name : std::string();
}

/// "blocks.5.hook_resid_post" for a whole block, else transformers' name.
std::string hook_name_of(const std::string& module) {
  const auto layer = module.substr(module.find('.') + 1);
  const bool is_block =
      !layer.empty() && layer.find_first_not_of("0123456789") == std::string::npos;
  return is_block ? fmt::format("blocks.{}.hook_resid_post", layer) : module;
}

SaeActivation activation_of(const Settings& cfg) {
  const auto name = cfg.text("activation");
  if (name.empty() || name == "topk") return SaeActivation::kTopK;
  if (name == "groupmax") return SaeActivation::kGroupMax;
  cfg.fail(fmt::format("activation {} is not supported; topk and groupmax are", name));
}

/// Sizes and k. Throws Error(kBadInput) unless they fit together.
void read_sizes(const Settings& cfg, Sae& sae) {
  sae.d_in = cfg.size("d_in");
  const bool counted = cfg.find("num_latents") != nullptr && *cfg.find("num_latents") != 0;
  const auto n_features = counted ? std::int64_t{cfg.size("num_latents")}
                                  : std::int64_t{sae.d_in} * cfg.size("expansion_factor");
  if (n_features > std::numeric_limits<std::int32_t>::max()) {
    cfg.fail("d_in times expansion_factor is too large; is it an SAE's cfg.json?");
  }
  sae.n_features = static_cast<std::int32_t>(n_features);
  sae.k = cfg.size("k");
  if (sae.k > sae.n_features) {
    cfg.fail(fmt::format("k = {} exceeds the number of latents, {}", sae.k, sae.n_features));
  }
  if (sae.activation == SaeActivation::kGroupMax && sae.n_features % sae.k != 0) {
    cfg.fail(fmt::format("groupmax cannot part {} latents into k = {} equal groups", sae.n_features,
                         sae.k));
  }
}

void name_hooks(const std::string& module, Sae& sae) {
  if (module.empty()) return;
  sae.hook_name = sae.is_transcoder ? module + ".input" : hook_name_of(module);
  if (sae.is_transcoder) sae.hook_name_out = hook_name_of(module);
}

Sae read_sparsify(std::span<const SaeFile> files) {
  const SettingsFile file(files[0]);
  const auto cfg = file.settings();
  Sae sae;
  sae.activation = activation_of(cfg);
  sae.is_transcoder = cfg.flag("transcode", false);
  sae.apply_b_dec_to_input = !sae.is_transcoder;
  if (cfg.flag("signed", false)) {
    cfg.fail("signed is set: activations below zero are not supported");
  }
  read_sizes(cfg, sae);
  name_hooks(module_of(files[0].path), sae);
  sae.reasons = {{"activation", "cfg.json: activation, by default topk"},
                 {"apply_b_dec_to_input", "cfg.json: b_dec is subtracted unless transcode is set"},
                 {"normalization", "sparsify does not scale the input"},
                 {"hook", "the folder's name"},
                 {"predicts", "cfg.json: transcode, and the folder's name"}};

  const auto weights = open_safetensors(files[1].bytes, files[1].path);
  WeightReader reader(*weights);
  sae.stored_type = to_string(reader.info("encoder.weight").type);
  sae.b_enc = reader.take("encoder.bias", {sae.n_features});
  sae.b_dec = reader.take("b_dec", {sae.d_in});
  const bool skips = cfg.flag("skip_connection", false);
  if (skips) sae.w_skip = take_transposed(reader, "W_skip", sae.d_in, sae.d_in);
  sae.w_enc = take_transposed(reader, "encoder.weight", sae.d_in, sae.n_features);
  sae.w_dec = reader.take("W_dec", {sae.n_features, sae.d_in});
  reader.expect_all_taken(skips ? "encoder.weight, encoder.bias, W_dec, b_dec, W_skip"
                                : "encoder.weight, encoder.bias, W_dec, b_dec");
  return sae;
}

}  // namespace

const SaeFormat sae_format::sparsify = {
    .name = "sparsify",
    .accepted = "a sparsify folder (cfg.json and sae.safetensors)",
    .file_names = kFileNames,
    .optional_file_names = {},
    .extension = {},
    .read = &read_sparsify,
};

}  // namespace isogloss

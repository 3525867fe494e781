// Gemma Scope 2: SAEs and transcoders on Gemma 3. What its settings mean was read in sae-lens 6.54
// (loading/pretrained_sae_loaders.py) and in the code that its authors publish beside the weights.
#include <fmt/format.h>

#include <filesystem>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/matrices.h"
#include "isogloss/sae/settings.h"

namespace isogloss {
namespace {

constexpr std::string_view kFileNames[] = {"params.safetensors"};
constexpr std::string_view kOptionalFileNames[] = {"config.json"};

/// What the tensors themselves do not say.
struct Place {
  std::string model_name;
  std::string hook_in;
  std::string hook_out;  ///< empty if it is the same
  bool is_transcoder = false;
  bool is_affine = false;  ///< a transcoder with a skip connection
};

/// The name in `text` of the form "layer_12…": "12". Empty if there is none.
std::string layer_in(std::string_view text) {
  constexpr std::string_view kPrefix = "layer_";
  const auto begin = text.find(kPrefix);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + kPrefix.size());
  return std::string(text.substr(0, text.find_first_not_of("0123456789")));
}

/// "gemma-3-270m-it" where a folder is called as the repository, gemma-scope-2-270m-it, or
/// as the hub's cache calls it.
std::string model_in(const std::filesystem::path& folder) {
  constexpr std::string_view kRepository = "gemma-scope-2-";
  for (const auto& part : folder) {
    const auto name = part.string();
    const auto begin = name.find(kRepository);
    if (begin != std::string::npos) return "gemma-3-" + name.substr(begin + kRepository.size());
  }
  return {};
}

/// The model's name on the hub: some files say gemma-v3, and the smallest model's has no "-pt".
std::string hub_name(std::string name) {
  if (name.empty()) return name;
  if (const auto at = name.find("-v3"); at != std::string::npos) name.erase(at + 1, 1);
  if (name.ends_with("270m-pt")) name.resize(name.size() - std::string_view("-pt").size());
  return name.starts_with("google/") ? name : "google/" + name;
}

/// Where there is no config.json, the folders say it: gemma-scope-2-4b-pt/mlp_out/layer_17_width_….
Place place_of_folder(const std::filesystem::path& folder) {
  Place place;
  place.model_name = model_in(folder);
  const auto layer = layer_in(folder.filename().string());
  if (layer.empty()) return place;
  const auto block = fmt::format("model.layers.{}.", layer);
  const auto site = folder.parent_path().filename().string();
  if (site.starts_with("resid_post")) place.hook_in = block + "output";
  if (site.starts_with("attn_out")) place.hook_in = block + "self_attn.o_proj.input";
  if (site.starts_with("mlp_out")) place.hook_in = block + "post_feedforward_layernorm.output";
  if (site.starts_with("transcoder")) {
    place.hook_in = block + "pre_feedforward_layernorm.output";
    place.hook_out = block + "post_feedforward_layernorm.output";
    place.is_transcoder = true;
  }
  return place;
}

Place place_of_config(const Settings& cfg) {
  for (const auto* key : {"hf_hook_point_in", "hf_hook_point_out"}) {
    const auto* value = cfg.find(key);
    if (value != nullptr && value->is_array()) {
      cfg.fail(
          fmt::format("{} lists several hooks: crosscoders are not supported, since their "
                      "features need the activations of several layers at once",
                      key));
    }
  }
  const auto architecture = cfg.text("architecture");
  if (!architecture.empty() && architecture != "jump_relu") {
    cfg.fail(fmt::format("architecture {} is not supported; jump_relu is", architecture));
  }
  const auto type = cfg.text("type");
  if (!type.empty() && type != "sae" && type != "transcoder") {
    cfg.fail(
        fmt::format("is a {}, which is not supported; SAEs and transcoders of a single layer "
                    "are",
                    type));
  }
  Place place;
  place.model_name = cfg.text("model_name");
  place.hook_in = cfg.text("hf_hook_point_in");
  place.hook_out = cfg.text("hf_hook_point_out");
  if (place.hook_out == place.hook_in) place.hook_out.clear();
  place.is_affine = cfg.flag("affine_connection", false);
  place.is_transcoder = type == "transcoder" || place.is_affine || !place.hook_out.empty();
  return place;
}

/// transformers' name of a hook, as TransformerLens and SAELens call it where both mean the same.
std::string hook_name_of(const std::string& name) {
  constexpr std::string_view kBlock = "model.layers.";
  const auto dot = name.find('.', kBlock.size());
  if (!name.starts_with(kBlock) || dot == std::string::npos) return name;
  const auto layer = name.substr(kBlock.size(), dot - kBlock.size());
  const auto module = std::string_view(name).substr(dot + 1);
  const auto hook = [&](std::string_view site) { return fmt::format("blocks.{}.{}", layer, site); };
  if (module == "output") return hook("hook_resid_post");
  if (module == "self_attn.o_proj.input") return hook("attn.hook_z");
  if (module == "pre_feedforward_layernorm.output") return hook("mlp.hook_in");
  if (module == "post_feedforward_layernorm.output") return hook("hook_mlp_out");
  return name;
}

Place find_place(std::span<const SaeFile> files) {
  if (const auto* config = find_sae_file(files, "config.json")) {
    return place_of_config(SettingsFile(*config).settings());
  }
  const auto file = std::filesystem::absolute(files.front().path).lexically_normal();
  return place_of_folder(file.parent_path());
}

void take_weights(WeightReader& reader, const Place& place, Sae& sae) {
  for (const auto* name : {"w_enc", "w_dec"}) {
    if (reader.info(name).shape.size() <= 2) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {} has shape {}: crosscoders and cross-layer transcoders are not "
                            "supported, since they join several layers; SAEs and transcoders of a "
                            "single layer are",
                            reader.path(), name, shape_text(reader.info(name).shape)));
  }
  const auto [d_in, n_features] = matrix_sizes(reader, "w_enc", "[d_in, n_features]");
  const auto d_out =
      sae.is_transcoder ? matrix_sizes(reader, "w_dec", "[n_features, d_out]").columns : d_in;
  sae.d_in = d_in;
  sae.n_features = n_features;
  sae.stored_type = to_string(reader.info("w_enc").type);
  sae.b_enc = reader.take("b_enc", {n_features});
  sae.b_dec = reader.take("b_dec", {d_out});
  sae.threshold = reader.take("threshold", {n_features});
  if (place.is_affine || reader.has("affine_skip_connection")) {
    sae.w_skip = reader.take("affine_skip_connection", {d_in, d_out});
  }
  sae.w_enc = reader.take("w_enc", {d_in, n_features});
  sae.w_dec = reader.take("w_dec", {n_features, d_out});
  reader.expect_all_taken(sae.is_transcoder
                              ? "w_enc, b_enc, w_dec, b_dec, threshold, affine_skip_connection"
                              : "w_enc, b_enc, w_dec, b_dec, threshold");
}

Sae read_gemma_scope_2(std::span<const SaeFile> files) {
  const auto weights = open_safetensors(files.front().bytes, files.front().path);
  WeightReader reader(*weights);
  const auto place = find_place(files);
  Sae sae;
  sae.model_name = hub_name(place.model_name);
  sae.hook_name = hook_name_of(place.hook_in);
  sae.hook_name_out = hook_name_of(place.hook_out);
  sae.is_transcoder = place.is_transcoder || reader.has("affine_skip_connection");
  sae.activation = SaeActivation::kJumpRelu;
  sae.apply_b_dec_to_input = false;
  sae.training.prepend_bos = true;
  const std::string source = files.size() > 1 ? "config.json" : "the names of the folders";
  sae.reasons = {{"activation", "every SAE of Gemma Scope 2 has it"},
                 {"apply_b_dec_to_input", "its authors' code does not subtract b_dec"},
                 {"normalization", "its authors' code does not scale the input"},
                 {"model", source},
                 {"hook", source},
                 {"predicts", source}};
  take_weights(reader, place, sae);
  return sae;
}

}  // namespace

const SaeFormat sae_format::gemma_scope_2 = {
    .name = "gemma_scope_2",
    .accepted = "a Gemma Scope 2 folder (params.safetensors and config.json)",
    .file_names = kFileNames,
    .optional_file_names = kOptionalFileNames,
    .extension = {},
    .read = &read_gemma_scope_2,
};

}  // namespace isogloss

// Gemma Scope (Lieberum et al. 2024, arXiv:2408.05147), as its authors' tutorial evaluates it. What
// the names of the repositories and folders mean was read in sae-lens 6.54.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "isogloss/sae/format.h"
#include "isogloss/sae/matrices.h"

namespace isogloss {
namespace {

constexpr std::string_view kFileNames[] = {"params.npz"};

/// What the arrays themselves do not say, as far as the folders' names do:
/// gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71.
struct Place {
  std::string model;  ///< "2b-it"
  std::string site;   ///< "res", "mlp", "att" or "transcoders", with more after it
  std::string layer;
  bool is_embedding = false;
};

/// Takes "gemma-scope-2b-pt-res" apart; the hub's cache has more before it.
void read_repository(std::string_view name, Place& place) {
  constexpr std::string_view kPrefix = "gemma-scope-";
  const auto begin = name.find(kPrefix);
  if (begin == std::string_view::npos) return;
  name.remove_prefix(begin + kPrefix.size());
  const auto size_end = name.find('-');
  const auto variant_end =
      name.find('-', size_end == std::string_view::npos ? size_end : size_end + 1);
  if (variant_end == std::string_view::npos) return;
  const auto variant = name.substr(size_end, variant_end - size_end);
  if (variant != "-pt" && variant != "-it") return;
  place.model = name.substr(0, variant == "-it" ? variant_end : size_end);
  place.site = name.substr(variant_end + 1);
}

Place place_of_file(const std::string& path) {
  constexpr std::string_view kLayer = "layer_";
  Place place;
  const auto file = std::filesystem::absolute(path).lexically_normal();
  for (const auto& part : file.parent_path()) {
    const auto name = part.string();
    read_repository(name, place);
    if (name.starts_with(kLayer)) place.layer = name.substr(kLayer.size());
    if (name == "embedding") place.is_embedding = true;
  }
  return place;
}

void name_place(const Place& place, Sae& sae) {
  if (place.model.empty()) return;
  sae.model_name = "gemma-2-" + place.model;
  // What hook_embed holds: the embedding times √d_model.
  if (place.is_embedding) sae.hook_name = "blocks.0.hook_resid_pre";
  if (place.layer.empty()) return;
  const auto hook = [&](std::string_view site) {
    return fmt::format("blocks.{}.{}", place.layer, site);
  };
  if (place.site.starts_with("res")) sae.hook_name = hook("hook_resid_post");
  if (place.site.starts_with("mlp")) sae.hook_name = hook("hook_mlp_out");
  if (place.site.starts_with("att")) sae.hook_name = hook("attn.hook_z");
  if (place.site.starts_with("transcoder")) {
    sae.hook_name = hook("ln2.hook_normalized");
    sae.hook_name_out = hook("hook_mlp_out");
    sae.is_transcoder = true;
  }
}

/// The embedding's SAE was trained before Gemma scales the embedding by √d_model.
void rescale_embedding(Sae& sae) {
  const auto scale = std::sqrt(static_cast<float>(sae.d_in));
  for (auto& weight : sae.w_enc) weight /= scale;
  for (auto& weight : sae.w_dec) weight *= scale;
}

Sae read_gemma_scope(std::span<const SaeFile> files) {
  const auto params = open_npz(files.front().bytes, files.front().path);
  WeightReader reader(*params);
  // Some re-uploads spell the matrices in lower case.
  const bool lower_case = reader.has("w_enc") && !reader.has("W_enc");
  const std::string_view w_enc = lower_case ? "w_enc" : "W_enc";
  const auto [d_in, n_features] = matrix_sizes(reader, w_enc, "[d_in, n_features]");
  const auto place = place_of_file(files.front().path);
  Sae sae;
  sae.d_in = d_in;
  sae.n_features = n_features;
  sae.activation = SaeActivation::kJumpRelu;
  sae.apply_b_dec_to_input = false;
  sae.stored_type = to_string(reader.info(w_enc).type);
  name_place(place, sae);
  sae.reasons = {
      {"activation", "every SAE of Gemma Scope has it"},
      {"apply_b_dec_to_input", "its authors' code does not subtract b_dec"},
      {"normalization", place.is_embedding ? "its authors' code does not scale the input; √d_in is "
                                             "folded into the weights of the embedding's SAE"
                                           : "its authors' code does not scale the input"},
      {"model", "the names of the folders"},
      {"hook", "the names of the folders"},
      {"predicts", "the names of the folders"}};
  sae.b_enc = reader.take("b_enc", {n_features});
  sae.b_dec = reader.take("b_dec", {d_in});
  sae.threshold = reader.take("threshold", {n_features});
  sae.w_enc = reader.take(w_enc, {d_in, n_features});
  sae.w_dec = reader.take(lower_case ? "w_dec" : "W_dec", {n_features, d_in});
  reader.expect_all_taken("W_enc, b_enc, W_dec, b_dec, threshold");
  if (place.is_embedding) rescale_embedding(sae);
  return sae;
}

}  // namespace

const SaeFormat sae_format::gemma_scope = {
    .name = "gemma_scope",
    .accepted = "a Gemma Scope params.npz",
    .file_names = kFileNames,
    .optional_file_names = {},
    .extension = ".npz",
    .read = &read_gemma_scope,
};

}  // namespace isogloss

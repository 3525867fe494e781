// Where in a transformer activations can be taken, by the names that others give these places.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace isogloss {

/// A place that a block of a transformer has.
enum class HookSite {
#define ISOGLOSS_HOOK_SITE(site, name, in_residual_stream) site,
#include "isogloss/model/hook_sites.inc"
#undef ISOGLOSS_HOOK_SITE
};

/// All of them, in the order in which a block computes them.
std::span<const HookSite> hook_sites();

/// TransformerLens' name for the site of any block is "blocks.L." and this.
std::string_view to_string(HookSite site);

/// Whether rows there are the residual stream's or are added to it, so that a direction there is
/// one of the residual stream. `architecture` is llama.cpp's name for the model's.
bool is_in_residual_stream(HookSite site, std::string_view architecture);

/// A hook point of one block.
struct HookPoint {
  std::int32_t layer = 0;  ///< zero-based block
  HookSite site = HookSite::kResidPost;
  std::string name;  ///< TransformerLens' name, e.g. "blocks.12.hook_resid_post"
};

/// Takes TransformerLens' names ("blocks.12.hook_resid_post"), those of modules in transformers
/// ("model.layers.12", "transformer.h.5.mlp", "gpt_neox.layers.3.attention.dense.input") and those
/// in Gemma Scope 2's files ("model.layers.12.self_attn.o_proj.input"). Throws Error(kUsage), which
/// names the supported forms, for any other and for names that mean two places.
HookPoint parse_hook_point(std::string_view text);

/// What parse_hook_point takes, as part of a sentence.
std::string supported_hook_points();

}  // namespace isogloss

#include <algorithm>

#include "isogloss/model/module_names_internal.h"

namespace isogloss {
namespace {

/// The lists of blocks, as the classes for causal models and their multimodal wrappers name them.
constexpr std::string_view kBlockLists[] = {
    "model.layers.",
    "transformer.h.",
    "gpt_neox.layers.",
    "model.language_model.layers.",
    "language_model.model.layers.",
    "language_model.layers.",
    "layers.",
    "h.",
};

struct ModuleSite {
  std::string_view path;
  HookSite site;
};

/// A module without ".input" or ".output" stands for what it puts out. Attention modules put out a
/// tuple, of which the rows are the first part.
constexpr ModuleSite kModules[] = {
    {"", HookSite::kResidPost},
    {".input", HookSite::kResidPre},
    {".self_attn", HookSite::kAttnModuleOut},
    {".attn", HookSite::kAttnModuleOut},
    {".attention", HookSite::kAttnModuleOut},
    {".self_attn.o_proj", HookSite::kAttnModuleOut},
    {".attn.c_proj", HookSite::kAttnModuleOut},
    {".attention.dense", HookSite::kAttnModuleOut},
    {".self_attn.o_proj.input", HookSite::kAttnZ},
    {".attn.c_proj.input", HookSite::kAttnZ},
    {".attention.dense.input", HookSite::kAttnZ},
    {".pre_feedforward_layernorm", HookSite::kMlpIn},
    {".pre_feedforward_layernorm.input", HookSite::kResidMid},
    {".ln_2", HookSite::kMlpIn},
    {".ln_2.input", HookSite::kResidMid},
    {".mlp.input", HookSite::kMlpIn},
    {".mlp", HookSite::kMlpModuleOut},
    {".post_feedforward_layernorm", HookSite::kMlpOut},
    {".post_feedforward_layernorm.input", HookSite::kMlpModuleOut},
};

std::string_view without_output(std::string_view path) {
  constexpr std::string_view kOutput = ".output";
  return path.ends_with(kOutput) ? path.substr(0, path.size() - kOutput.size()) : path;
}

}  // namespace

bool take_block_list(std::string_view& text) {
  const auto found = std::ranges::find_if(
      kBlockLists, [&](std::string_view list) { return text.starts_with(list); });
  if (found == std::end(kBlockLists)) return false;
  text.remove_prefix(found->size());
  return true;
}

std::optional<HookSite> site_of_module(std::string_view path) {
  const auto found = std::ranges::find(kModules, without_output(path), &ModuleSite::path);
  if (found == std::end(kModules)) return std::nullopt;
  return found->site;
}

std::string_view ambiguity_of_module(std::string_view path) {
  if (!path.starts_with(".post_attention_layernorm")) return {};
  return "some models have this norm after attention and others before the MLP; say "
         "blocks.L.hook_attn_out or blocks.L.mlp.hook_in";
}

}  // namespace isogloss

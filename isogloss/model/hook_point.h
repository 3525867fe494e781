// Where in a transformer activations can be taken.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace isogloss {

/// A place that every block of a transformer has. Each is declared once, as a row of the table in
/// hook_point.cpp.
struct HookSite {
  std::string_view name;    ///< TransformerLens' hook point is "blocks.L." and this
  std::string_view tensor;  ///< llama.cpp's tensor [n_tokens, d_model] is this, "-" and the block
  std::int32_t offset = 0;  ///< the block that computes the tensor is L plus this
};

/// All of them, in the order in which they are named.
std::span<const HookSite> hook_sites();

/// A hook point of one block.
struct HookPoint {
  std::int32_t layer = 0;  ///< zero-based block that computes the tensor
  std::string name;        ///< TransformerLens' name, e.g. "blocks.12.hook_resid_post"
  std::string tensor;      ///< llama.cpp's name, e.g. "l_out-12"
};

/// "blocks.12.hook_resid_post" → {12, …}. Throws Error(kUsage) naming the supported forms.
HookPoint parse_hook_point(std::string_view text);

/// What parse_hook_point takes, as part of a sentence: "blocks.L.hook_resid_post or …".
std::string supported_hook_points();

}  // namespace isogloss

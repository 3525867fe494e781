// The names that transformers gives to the places in a block.
#pragma once

#include <optional>
#include <string_view>

#include "isogloss/model/hook_point.h"

namespace isogloss {

/// What comes before the number of the block, e.g. "model.layers.", taken off `text`; false if no
/// model has such a list of blocks.
bool take_block_list(std::string_view& text);

/// The site that `path` names: what follows the number of the block, e.g. ".mlp.output". nullopt if
/// there is none, or if models differ in what the path names (see ambiguity_of_module).
std::optional<HookSite> site_of_module(std::string_view path);

/// Why the path does not say which site is meant, with the remedy; empty if it is not known.
std::string_view ambiguity_of_module(std::string_view path);

}  // namespace isogloss

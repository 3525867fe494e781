// What a user may have meant.
#pragma once

#include <string>
#include <vector>

namespace isogloss {

/// Up to three of `names` that are most similar to `name`, as "; similar: a, b"; empty if none is
/// similar.
std::string similar_names(const std::string& name, const std::vector<std::string>& names);

}  // namespace isogloss

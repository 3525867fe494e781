// How deep JSON from outside may nest.
#pragma once

#include <string_view>

namespace isogloss {

inline constexpr int kMaxJsonDepth = 100;

/// Whether `json` nests deeper than kMaxJsonDepth. nlohmann parses any depth, but copies, compares
/// and writes by recursion: what is deeper must not reach it.
bool nests_too_deep(std::string_view json);

}  // namespace isogloss

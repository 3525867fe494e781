// What this build is made of.
#pragma once

#include <string>

namespace isogloss {

/// "0.1.0".
std::string version();

/// Arrow C++'s, "26.0.1".
std::string arrow_version();

}  // namespace isogloss

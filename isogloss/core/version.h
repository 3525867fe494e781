// The versions of isogloss and of the libraries in this build.
#pragma once

#include <string>

namespace isogloss {

/// "0.1.0".
std::string version();

/// Arrow C++'s, "26.0.1".
std::string arrow_version();

}  // namespace isogloss

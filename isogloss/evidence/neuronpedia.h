// Links to Neuronpedia, which shows features of published SAEs.
#pragma once

#include <string>

#include "isogloss/store/manifest.h"

namespace isogloss {

/// Where the SAE's features have their pages: URL + "/" + feature. Empty if the SAE names no place
/// there.
std::string neuronpedia_url(const Manifest& manifest);

}  // namespace isogloss

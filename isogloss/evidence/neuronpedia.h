// Links to Neuronpedia, which shows features of published SAEs.
#pragma once

#include <string>

#include "isogloss/store/manifest.h"

namespace isogloss {

/// The URL of the SAE on Neuronpedia; a feature's page is URL + "/" + feature. Empty if the SAE
/// does not name one.
std::string neuronpedia_url(const Manifest& manifest);

}  // namespace isogloss

// An SAE's conventions, as `isogloss inspect` tells them.
#pragma once

#include <nlohmann/json.hpp>

#include "isogloss/sae/sae.h"

namespace isogloss::cli {

/// Every convention that was understood, and under "because" where each was found. Without the
/// files' hashes.
nlohmann::ordered_json describe_sae(const Sae& sae);

}  // namespace isogloss::cli

// What the table says of a published SAE.
#pragma once

#include <nlohmann/json.hpp>

#include "isogloss/published/published.h"

namespace isogloss::cli {

nlohmann::ordered_json published_json(const PublishedSae& published);

}  // namespace isogloss::cli

// How long the parts of an extraction took.
#pragma once

#include <nlohmann/json.hpp>

#include "isogloss/pipeline/pipeline.h"

namespace isogloss::cli {

nlohmann::ordered_json seconds_json(const StageSeconds& seconds);

/// Prints a table, one part a line.
void print_seconds(const StageSeconds& seconds);

}  // namespace isogloss::cli

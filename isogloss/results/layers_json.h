// The layers' rows as JSON, for layers.json and for the page.
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "isogloss/results/layers_file.h"

namespace isogloss {

/// [{"folder": …, "layer": …}…]: one object per row, its keys the columns' names in their order.
nlohmann::ordered_json layer_rows_json(std::span<const LayerRow> rows);

}  // namespace isogloss

// layers.html: a self-contained page that compares layers side by side.
#pragma once

#include <span>

#include "isogloss/results/layers_file.h"

namespace isogloss {

/// Writes layers.html atomically from the rows in the order given (at least one) and the manifest
/// of any of the folders. Equal folders give equal bytes.
void write_layers_page(const LayersFolder& parent, const Manifest& manifest,
                       std::span<const LayerRow> rows);

}  // namespace isogloss

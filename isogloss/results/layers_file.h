// Layers side by side: the parent folder's layers.parquet and layers.json.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// What a row is computed from: one folder of a run over several hook points.
struct ScoredLayer {
  std::int32_t layer = 0;  ///< the block whose output is read, from 0
  ResultFolder folder;
  Manifest manifest;
  ScoreTable scores;
};

/// A column has one type throughout; nullopt stands for a number that is absent or not finite.
using LayerValue = std::variant<std::int32_t, std::optional<double>, std::string>;
using LayerRow = std::vector<LayerValue>;  ///< one value per column

struct LayerColumn {
  std::string name;   ///< in the files
  std::string title;  ///< on the page
  std::string head;   ///< a few characters, for the terminal; if empty, not shown there
  bool drawn;         ///< the page draws it against the layer
  std::function<LayerValue(const ScoredLayer&)> value;
};

/// The one list of what is compared: files, page and terminal all follow it. It begins with
/// "folder" and "layer".
const std::vector<LayerColumn>& layer_columns();

LayerRow layer_row(const ScoredLayer& layer);

/// Writes layers.parquet, then layers.json, atomically, from the rows in the order given (at least
/// one).
void write_layers_files(const LayersFolder& parent, std::span<const LayerRow> rows);

}  // namespace isogloss

#include <fmt/format.h>

#include <optional>

#include "isogloss/core/error.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/page/layers_page.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/results/scores_file.h"

namespace isogloss {

std::vector<LayerRow> compare_layers(const LayersFolder& parent, const RunControl& control) {
  std::vector<LayerRow> rows;
  std::optional<Manifest> last;
  for (const auto& folder : hook_folders(parent.root)) {
    control.throw_if_stopped();
    last = require_scored(folder);
    const auto layer = parse_hook_point(last->inputs.hook).layer;
    rows.push_back(layer_row({layer, folder, *last, read_scores(folder)}));
  }
  if (!last) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds no result folders; give the output of a run over several "
                            "hook points",
                            parent.root.string()));
  }
  write_layers_files(parent, rows);
  write_layers_page(parent, *last, rows);
  return rows;
}

}  // namespace isogloss

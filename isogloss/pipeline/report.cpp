#include <filesystem>

#include "isogloss/core/file.h"
#include "isogloss/core/folder_lock.h"
#include "isogloss/page/page.h"
#include "isogloss/pipeline/add_logit_effects.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

bool is_reported(const ResultFolder& folder, const Manifest& manifest,
                 const ScoringOptions& options) {
  return is_scored(folder, manifest, options) && std::filesystem::exists(folder.report());
}

void report(const ResultFolder& folder, const RunControl& control) {
  const FolderLock lock(folder.root);
  remove_parts(folder.root);
  const auto manifest = require_scored(folder);
  const auto maxima = read_maxima(folder, manifest.n_features, manifest.inputs.languages);
  const auto groups = read_statistics(folder.statistics(), manifest.inputs.languages);
  const auto table = read_scores(folder);
  add_logit_effects(folder, manifest, features_on_page(table), control);
  write_report(folder, manifest, table, groups, maxima, control);
}

}  // namespace isogloss

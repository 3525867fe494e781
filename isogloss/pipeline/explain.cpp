#include "isogloss/pipeline/explain.h"

#include "isogloss/core/folder_lock.h"
#include "isogloss/evidence/neuronpedia_dump.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

Explanations explain(const ResultFolder& folder, const ExplainOptions& options,
                     const RunControl& control) {
  const auto manifest = require_complete(folder);
  const FolderLock lock(folder.root);
  const auto source = neuronpedia_source(manifest, options.neuronpedia_id);
  auto explanations = read_explanation_dumps(options.dumps, source, manifest.n_features, control);
  write_explanations(folder, explanations);
  return explanations;
}

}  // namespace isogloss

// What the options of an extraction stand for, and where its results go. Internal to the pipeline.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/pipeline/target.h"

namespace isogloss {

/// The SAEs of a run, each file loaded once.
using SaesByPath = std::map<std::filesystem::path, std::unique_ptr<LoadedSae>>;

struct RunInputs {
  ExtractOptions options;  ///< with paths in place of names
  SaesByPath saes;
  Corpus corpus;
  /// Every pair of SAE and hook point, with its folder and what an earlier call left there. They
  /// point into `saes`.
  std::vector<ExtractionTarget> targets;
};

/// Fetches what is named, reads SAEs and corpus, and finds the folders. Writes nothing there.
RunInputs find_targets(const ExtractOptions& asked, const RunControl& control);

}  // namespace isogloss

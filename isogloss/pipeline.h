// The stages joined: corpus → model → sae → store → stats → score → report.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

struct ExtractOptions {
  std::filesystem::path model;   ///< GGUF
  std::filesystem::path sae;     ///< SAELens folder or Gemma Scope params.npz
  std::filesystem::path corpus;  ///< see read_corpus
  std::filesystem::path output;  ///< result folder; made if absent
  std::string hook;              ///< TransformerLens name; empty: the one the SAE names
  CorpusOptions corpus_options;
  bool truncate = false;         ///< cut sentences longer than the context instead of failing
  bool skip_self_check = false;  ///< do not judge whether the SAE can fit
  std::int32_t n_threads = 0;    ///< 0: all cores
  std::int32_t n_gpu_layers = 0;
  std::int32_t max_tokens_per_batch = 0;  ///< 0: LlamaOptions' default
};

/// Runs the model and the SAE over the corpus and fills the result folder up to maxima/. Resumes
/// what an earlier call with the same inputs left unfinished; equal inputs give equal bytes,
/// however often the work was interrupted. Returns at once if all is there. Throws Error;
/// kInterrupted when `control.stop` is set, after which the folder can be resumed.
Manifest extract(const ExtractOptions& options, const RunControl& control);

/// Statistics and scores of a finished extraction: statistics.json, scores.parquet, scores.csv. A
/// report of earlier scores is removed.
Manifest score(const ResultFolder& folder, const ScoringOptions& options,
               const RunControl& control);

/// True when the folder's scores were made with these options, and when its report shows them.
bool is_scored(const ResultFolder& folder, const Manifest& manifest, const ScoringOptions& options);
bool is_reported(const ResultFolder& folder, const Manifest& manifest,
                 const ScoringOptions& options);

/// vocabulary.parquet and report.html of a scored folder; the former needs the model and the SAE
/// where the manifest says they are, and is left out with a warning if they are not (interpret.h).
void report(const ResultFolder& folder, const RunControl& control);

}  // namespace isogloss

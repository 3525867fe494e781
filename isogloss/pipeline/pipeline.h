// The stages, joined: corpus → model → sae → store → stats → score → report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/model/bos.h"
#include "isogloss/results/layers_file.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// A sparse autoencoder and the hook point it reads.
struct SaeAtHook {
  std::filesystem::path sae;  ///< see load_sae; or a name, see fetch_sae
  std::string hook;           ///< TransformerLens name; if empty, the one the SAE names
};

/// Some of a run's shards, in order: the first and the last.
struct ShardSpan {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

struct ExtractOptions {
  std::filesystem::path model;   ///< GGUF; or a name, see fetch_model
  std::vector<SaeAtHook> saes;   ///< one or more; an SAE may be used at several hook points
  std::string sae_format;        ///< of all of them; empty: as their files say. See load_sae
  std::filesystem::path corpus;  ///< see read_corpus; or a name, see fetch_corpus
  std::filesystem::path output;  ///< made if absent
  CorpusOptions corpus_options;
  std::optional<BosRule> bos;    ///< nullopt: as the SAE was trained, else as the tokenizer does
  bool truncate = false;         ///< cut sentences longer than the context instead of failing
  bool skip_self_check = false;  ///< do not check whether the SAE fits the model
  bool exact = false;            ///< see LlamaOptions::exact
  std::int32_t n_threads = 0;    ///< 0: usable_cores()
  std::int32_t n_gpu_layers = 0;
  std::int32_t max_tokens_per_batch = 0;  ///< 0: LlamaOptions' default
  std::optional<ShardSpan> shards;        ///< only these, of a run that plan() has begun
};

/// How long the parts of an extraction took, added up over the threads that run batches.
struct StageSeconds {
  double tokenize = 0;
  double products = 0;   ///< the model's with its weights, where they are not ggml's
  double attention = 0;  ///< likewise
  double other = 0;      ///< what else the model computes
  double encode = 0;     ///< the SAEs' products, and choosing what fires
  double write = 0;
};

/// Calls visit(name, seconds) for each.
template <class Visit>
void visit_stages(const StageSeconds& seconds, const Visit& visit) {
  visit("tokenize", seconds.tokenize);
  visit("model_products", seconds.products);
  visit("model_attention", seconds.attention);
  visit("model_other", seconds.other);
  visit("sae_encode", seconds.encode);
  visit("write", seconds.write);
}

/// A result folder after extraction.
struct Extraction {
  ResultFolder folder;
  Manifest manifest;
  bool was_complete = false;  ///< true if it was complete before the call
};

/// Runs the model once over the corpus and each SAE over the rows of its hook point, and fills a
/// result folder for each up to maxima/: `output` itself for one, otherwise folders in it named
/// after the hook points (a second SAE at the same hook point gets the suffix "-2"), with the same
/// content as if each had been run alone. Resumes what an earlier call with the same inputs left
/// unfinished; equal inputs give equal bytes, however often the work was interrupted. What is named
/// on the hub is fetched first, and the manifest says which commit it was. Returns the
/// folders in the order of
/// `saes`, at once if all is there. Throws Error; kInterrupted when `control.stop` is set, after
/// which the folder can be resumed. Adds to `seconds` how long it took; that of which nothing was
/// left to do takes none.
std::vector<Extraction> extract(const ExtractOptions& options, const RunControl& control,
                                StageSeconds& seconds);
std::vector<Extraction> extract(const ExtractOptions& options, const RunControl& control);

/// The beginning of extract(): tokenizes the corpus and divides the run into shards. Any number of
/// processes may then extract with the same options and some of the shards each, at the same time
/// and into the same folder; shards that two of them take do no harm. What has been planned is left
/// as it is. Returns the folders, as extract() does.
std::vector<Extraction> plan(const ExtractOptions& options, const RunControl& control);

/// Ends a run that was extracted by its shards: the folder is then as extract() leaves it. Throws
/// Error(kBadInput) naming the shards that are missing.
Manifest finish(const ResultFolder& folder, const RunControl& control);

/// Computes statistics and scores of a finished extraction and writes them: statistics.json,
/// profile.parquet, agreement_controls.parquet, pairs.parquet, scores.parquet and scores.csv.
/// Removes a report of earlier scores.
Manifest score(const ResultFolder& folder, const ScoringOptions& options,
               const RunControl& control);

/// is_scored: true if the folder's scores were made with these options. is_reported: true if its
/// report also shows them.
bool is_scored(const ResultFolder& folder, const Manifest& manifest, const ScoringOptions& options);
bool is_reported(const ResultFolder& folder, const Manifest& manifest,
                 const ScoringOptions& options);

/// Writes vocabulary.parquet and report.html of a scored folder. The former needs the model and the
/// SAE where the manifest says they are; without them it is left out with a warning
/// (add_logit_effects.h).
void report(const ResultFolder& folder, const RunControl& control);

/// The result folders in the output of a run over several hook points, by layer, then by name;
/// empty
/// if `parent` is no such output.
std::vector<ResultFolder> hook_folders(const std::filesystem::path& parent);

/// Writes layers.parquet, layers.json and layers.html for the output of a run over several hook
/// points, all of whose folders are scored. Returns the rows in the order of hook_folders.
std::vector<LayerRow> compare_layers(const LayersFolder& parent, const RunControl& control);

}  // namespace isogloss

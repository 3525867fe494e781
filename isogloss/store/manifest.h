// Everything a result folder was made from, so that it can be made again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/corpus/corpus.h"
#include "isogloss/model/bos.h"
#include "isogloss/sae/self_check.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/scoring_options.h"

namespace isogloss {

/// The hook of imported activations if nobody said it.
inline constexpr std::string_view kUnknownHook = "imported";

struct HashedFile {
  std::string path;  ///< as the user gave it
  std::string sha256;
  bool operator==(const HashedFile&) const = default;
};

/// Everything that decides the extracted bytes. Two runs with equal inputs may share a folder.
struct ExtractionInputs {
  std::string isogloss_version;
  std::string llama_version;
  HashedFile model;
  std::vector<HashedFile> sae;
  std::vector<HashedFile> corpus;
  std::string corpus_path;  ///< as given; the stem of a Moses corpus is not itself a file
  std::string sae_path;
  /// What was fetched from the hub, "hf:OWNER/NAME/FILE@COMMIT"; empty for a path.
  std::string model_origin = {};
  std::string sae_origin = {};
  std::string corpus_origin = {};
  std::string sae_name = {};      ///< RELEASE/ID of a published SAE; empty for a path
  std::string sae_settings = {};  ///< what its files lack, see apply_settings
  std::string hook;               ///< TransformerLens name
  std::vector<std::string> languages;
  std::optional<std::int64_t> n_samples;
  std::uint64_t seed = 42;
  bool clean = true;
  bool truncate = false;
  BosRule bos = BosRule::kTokenizer;
  bool skip_self_check = false;
  std::string imported = {};   ///< the form of activations computed elsewhere; empty for a run
  bool count_padding = false;  ///< of an import
  bool exact = false;          ///< float32 with the dequantised weights
  std::int32_t max_tokens_per_batch = 0;
  /// As resolved: the last bits of llama.cpp's results may depend on it.
  std::int32_t n_threads = 0;
  std::int32_t n_gpu_layers = 0;
  bool operator==(const ExtractionInputs&) const = default;
};

/// Names of the first fields in which two inputs differ ("model", "hook", …), except paths: files
/// with equal hashes are the same input wherever they are. Empty if both describe the same
/// extraction.
std::vector<std::string> differing_fields(const ExtractionInputs& a, const ExtractionInputs& b);

/// A contiguous range of corpus rows, extracted and written as one unit.
struct ShardRange {
  std::int32_t first_row = 0;
  std::int32_t n_rows = 0;
  std::int64_t n_tokens = 0;  ///< ids sent to the model in all languages, specials included
  bool operator==(const ShardRange&) const = default;
};

struct Manifest {
  bool extraction_complete = false;
  ExtractionInputs inputs;
  std::string model_architecture;
  std::string model_name;
  std::int32_t d_model = 0;
  std::string first_token;  ///< the special token that begins every sentence; empty if none does
  bool centered = false;  ///< rows had their mean subtracted (SaeTraining::center_writing_weights)
  std::int32_t n_features = 0;
  std::string sae_format;
  std::string sae_activation;     ///< "relu", "jumprelu", "topk"
  std::string sae_normalization;  ///< in SAELens' terms: "none", "layer_norm", …
  bool apply_b_dec_to_input = false;
  std::string neuronpedia_id;  ///< may be empty
  double expected_l0 = 0;      ///< of a published SAE; 0 if unknown
  std::int64_t n_rows_read = 0;
  DropCounts dropped;
  std::int64_t n_truncated = 0;  ///< sentences cut to the context's length
  std::int32_t n_sentences = 0;  ///< rows kept: the n of every statistic
  std::vector<ShardRange> shards;
  std::optional<SelfCheck> self_check;    ///< set before the first shard gets its final name
  std::optional<ScoringOptions> scoring;  ///< set once scores.parquet is written
};

/// Writes JSON with a schema version, keys in a fixed order and no time stamps: equal runs give
/// equal bytes.
void write_manifest(const ResultFolder& folder, const Manifest& manifest);

/// Returns nullopt if the folder has no manifest. Throws Error(kBadInput) if it cannot be read.
std::optional<Manifest> read_manifest(const ResultFolder& folder);

/// Reads the manifest of a folder that must hold a finished extraction. Throws Error(kBadInput),
/// which names the remedy, if it does not.
Manifest require_complete(const ResultFolder& folder);

/// The same for a folder that must also hold scores.
Manifest require_scored(const ResultFolder& folder);

}  // namespace isogloss

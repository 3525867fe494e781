// The extraction loop behind extract(): internal to the pipeline.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/model/activation_source.h"
#include "isogloss/sae/encode.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Small enough for an interruption to cost little, large enough for a corpus to be few files.
inline constexpr std::int64_t kTokensPerShard = 8192;

/// Frees a vector's memory, which `v = {}` does not.
template <class T>
void release(std::vector<T>& v) {
  std::vector<T>().swap(v);
}

/// An SAE and, once it is needed, its encoder. From then on the Sae no longer holds w_enc, and
/// holds w_dec only until the self-check.
struct LoadedSae {
  Sae sae;
  std::optional<Encoder> encoder;
};

/// One hook point with one SAE, and the folder that takes their output.
struct ExtractionTarget {
  ResultFolder folder;
  Manifest manifest;
  bool is_new = false;       ///< no earlier call left a manifest
  LoadedSae* sae = nullptr;  ///< several targets may share one
  std::size_t hook = 0;      ///< index into the rows that ActivationSource::run returns
  /// Likewise, of what a transcoder predicts; nullopt if it is not known or not to be checked.
  std::optional<std::size_t> predicted_hook;
};

/// Writes sequences.parquet and returns the token count of every sentence, [n_rows · n_languages]
/// row-major. Sentences over the context's length are cut (and counted in `n_truncated`) or
/// refused.
std::vector<std::int32_t> tokenize_corpus(const ActivationSource& source, const Corpus& corpus,
                                          const ResultFolder& folder, bool truncate,
                                          std::int64_t& n_truncated, const RunControl& control);

/// Cuts the corpus into contiguous ranges of about `target_tokens` each. A pure function, so that a
/// resumed run has the same shards.
std::vector<ShardRange> plan_shards(std::span<const std::int32_t> lengths, std::int32_t n_languages,
                                    std::int64_t target_tokens);

/// Runs the model once over every shard that some target lacks, and writes it to those targets. All
/// targets have the same shards. The first shard's tokens also give the self-checks, which are
/// stored in the manifests before that shard is named; none is named if one fails.
void extract_shards(ActivationSource& source, const Corpus& corpus,
                    std::span<ExtractionTarget> targets, const RunControl& control);

}  // namespace isogloss

// The extraction loop behind extract(): internal to the pipeline.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/model/activation_source.h"
#include "isogloss/sae/encode.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Gives a vector's memory back, which `v = {}` does not.
template <class T>
void release(std::vector<T>& v) {
  std::vector<T>().swap(v);
}

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

/// Runs every shard of the manifest that is not finished. The first shard's tokens also give the
/// self-check, which is stored in the manifest before that shard is named.
void extract_shards(ActivationSource& source, Sae& sae, Encoder& encoder, const Corpus& corpus,
                    const ResultFolder& folder, Manifest& manifest, const RunControl& control);

}  // namespace isogloss

// The corpus as tokens, and its cut into shards. Internal to the pipeline.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/model/activation_source.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Small enough for an interruption to cost little, large enough for a corpus to be few files.
inline constexpr std::int64_t kTokensPerShard = 8192;

/// Token ids of one sentence in one language. One longer than the model's context is cut, or
/// refused with Error(kBadInput).
std::vector<std::int32_t> token_ids(const ActivationSource& source, const Corpus& corpus,
                                    const ParallelSentence& row, std::size_t language,
                                    bool truncate, bool& truncated);

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

}  // namespace isogloss

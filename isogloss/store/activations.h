// activations/*.parquet (one row per token) and maxima/*.parquet (one row per feature and
// sentence).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/sae/encode.h"
#include "isogloss/store/layout.h"

namespace isogloss {

/// The content tokens of a contiguous range of sentences, ordered by (sample, language index,
/// position). Columns have equal length; row r's activations are row r of `activations`.
struct ActivationShard {
  std::vector<std::int32_t> sample;
  std::vector<std::int32_t> language;  ///< index into the run's languages
  std::vector<std::int32_t> position;  ///< from 0 at the first id given to the model
  SparseRows activations;
};

/// Writes shard `index`: activations/part-N.parquet, then maxima/part-N.parquet with the largest
/// activation of each (feature, language, sample) and the first position that reaches it, ordered
/// by (feature, language index, sample). Each file appears whole or not at all, the maxima last: a
/// shard is finished once its maxima file exists. Equal shards give equal bytes.
void write_shard(const ResultFolder& folder, std::int32_t index,
                 std::span<const std::string> languages, const ActivationShard& shard);

/// True if both files of shard `index` exist and their Parquet footers can be read. Throws
/// Error(kBadInput), which says to delete the file, if one exists but cannot be read.
bool shard_is_finished(const ResultFolder& folder, std::int32_t index);

/// Calls `visit(language, values)` for every run of activation values > 0 in the folder, in shard
/// order; reads two columns only and holds one row group at a time.
void visit_activation_values(
    const ResultFolder& folder, std::span<const std::string> languages,
    const std::function<void(std::int32_t language, std::span<const float> values)>& visit);

/// Calls `visit` for every content token in the folder, in file order; reads three columns only.
void visit_token_positions(const ResultFolder& folder, std::span<const std::string> languages,
                           const std::function<void(std::int32_t sample, std::int32_t language,
                                                    std::int32_t position)>& visit);

/// Calls `visit` with the rows of each row group, in file order; holds one row group at a time.
void visit_activations(const ResultFolder& folder, std::span<const std::string> languages,
                       const std::function<void(const ActivationShard&)>& visit);

/// Reads every row of the given samples (ascending), in file order. Skips row groups without them.
/// Throws Error(kBadInput) if the rows are not in the order of ActivationShard.
ActivationShard read_activations(const ResultFolder& folder, std::span<const std::string> languages,
                                 std::span<const std::int32_t> samples);

}  // namespace isogloss

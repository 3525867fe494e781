// The extraction loop behind extract(). Internal to the pipeline.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/model/activation_source.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/pipeline/target.h"

namespace isogloss {

/// Runs the model once over every shard of `span` that some target lacks, and writes it to those
/// targets. All targets have the same shards, which are written in order. There is a thread for
/// each of `sources`, and each target has as many encoders; batches go to whichever thread is free,
/// and what is written does not depend on that. Adds to `seconds` how long the threads took. Throws
/// what shards throw, and Error(kInterrupted) when a stop was asked for.
void extract_shards(std::span<const std::unique_ptr<ActivationSource>> sources,
                    const Corpus& corpus, std::span<ExtractionTarget> targets, ShardSpan span,
                    const RunControl& control, StageSeconds& seconds);

}  // namespace isogloss

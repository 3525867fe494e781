// A shard that is being made. Internal to the pipeline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/corpus/corpus.h"
#include "isogloss/model/activation_source.h"
#include "isogloss/model/batch_plan.h"
#include "isogloss/pipeline/target.h"
#include "isogloss/store/activations.h"

namespace isogloss {

class Shard {
 public:
  /// Tokenizes the shard's sentences and plans their batches. `targets`: those that lack it.
  Shard(const ActivationSource& source, const Corpus& corpus, std::int32_t index,
        std::vector<ExtractionTarget*> targets);

  std::size_t n_batches() const { return batches_.size(); }
  std::int64_t n_tokens(std::size_t batch) const;

  /// Runs a batch and encodes its rows for every target, with the targets' encoders of that worker.
  /// Threads may run several batches at once, each with a source and a worker of its own.
  /// Adds to `seconds` how long the encoding took.
  void run(std::size_t batch, ActivationSource& source, std::size_t worker, double& seconds);

  /// Writes the shard to every target, once all batches have run. The first shard's tokens also
  /// give the self-checks, which are stored before that shard: throws Error(kBadInput) if one
  /// fails.
  void write(const std::vector<std::string>& languages);

 private:
  /// One sentence in one language.
  struct Sequence {
    std::int32_t sample = 0;
    std::int32_t language = 0;
    TokenSequence tokens;
    std::vector<std::int32_t> positions;  ///< positions of the content tokens
    std::size_t batch = 0;                ///< where its rows are encoded
    std::int64_t first_row = 0;
  };
  /// What one batch gives one target.
  struct Encoded {
    SparseRows rows;
    std::vector<float> x;          ///< what was encoded, if the self-check needs it
    std::vector<float> predicted;  ///< likewise, what a transcoder predicts
  };
  struct Part {
    ExtractionTarget* target = nullptr;
    std::vector<Encoded> encoded;  ///< one per batch
  };

  void add_sequences(const ActivationSource& source, const Corpus& corpus, const ShardRange& range,
                     bool truncate);
  void place_content();
  std::vector<float> content_rows(std::span<const float> rows, std::size_t width,
                                  std::size_t batch) const;
  bool is_self_checked(std::size_t batch) const;
  void store_self_check(const Part& part) const;
  ActivationShard assemble(const Part& part) const;

  std::int32_t index_;
  std::vector<Sequence> sequences_;
  std::vector<Batch> batches_;
  std::vector<std::int64_t> first_rows_;  ///< of each batch, among the content rows of all
  std::vector<Part> parts_;
};

}  // namespace isogloss

// Sequences as llama.cpp takes them.
#pragma once

#include <llama.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/model/activation_source.h"

namespace isogloss {

/// The arrays a llama_batch points to, each sequence under its own id.
class PackedBatch {
 public:
  PackedBatch(std::span<const TokenSequence> sequences, std::size_t n_tokens, bool all_outputs)
      : sequence_ids_(sequences.size()),
        n_sequence_ids_(n_tokens, 1),
        outputs_(n_tokens, all_outputs ? 1 : 0) {
    ids_.reserve(n_tokens);
    for (std::size_t s = 0; s < sequences.size(); ++s) {
      sequence_ids_[s] = static_cast<llama_seq_id>(s);
      for (std::size_t t = 0; t < sequences[s].ids.size(); ++t) {
        ids_.push_back(sequences[s].ids[t]);
        positions_.push_back(static_cast<llama_pos>(t));
        sequence_of_.push_back(&sequence_ids_[s]);
      }
    }
  }

  llama_batch view() {
    llama_batch batch = {};
    batch.n_tokens = static_cast<std::int32_t>(ids_.size());
    batch.token = ids_.data();
    batch.pos = positions_.data();
    batch.n_seq_id = n_sequence_ids_.data();
    batch.seq_id = sequence_of_.data();
    batch.logits = outputs_.data();
    return batch;
  }

 private:
  std::vector<llama_token> ids_;
  std::vector<llama_pos> positions_;
  std::vector<llama_seq_id> sequence_ids_;
  std::vector<std::int32_t> n_sequence_ids_;
  std::vector<llama_seq_id*> sequence_of_;
  std::vector<std::int8_t> outputs_;
};

}  // namespace isogloss

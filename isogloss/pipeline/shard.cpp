#include "isogloss/pipeline/shard.h"

#include <numeric>

#include "isogloss/core/stopwatch.h"
#include "isogloss/pipeline/self_check_sample.h"
#include "isogloss/pipeline/tokenize.h"

namespace isogloss {
namespace {

/// Subtracts from every row its mean.
void center_rows(std::vector<float>& rows, std::size_t width) {
  for (std::size_t begin = 0; begin < rows.size(); begin += width) {
    const auto row = std::span(rows).subspan(begin, width);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    const auto mean = static_cast<float>(sum / static_cast<double>(width));
    for (auto& value : row) value -= mean;
  }
}

}  // namespace

Shard::Shard(const ActivationSource& source, const Corpus& corpus, std::int32_t index,
             std::vector<ExtractionTarget*> targets)
    : index_(index) {
  const auto& manifest = targets.front()->manifest;
  add_sequences(source, corpus, manifest.shards[static_cast<std::size_t>(index)],
                manifest.inputs.truncate);
  std::vector<std::int32_t> lengths;
  for (const auto& sequence : sequences_) {
    lengths.push_back(static_cast<std::int32_t>(sequence.tokens.ids.size()));
  }
  batches_ =
      plan_batches(lengths, {source.max_tokens_per_batch(), source.max_sequences_per_batch()});
  place_content();
  for (auto* target : targets) {
    auto& part = parts_.emplace_back();
    part.target = target;
    part.encoded.resize(batches_.size());
  }
}

void Shard::add_sequences(const ActivationSource& source, const Corpus& corpus,
                          const ShardRange& range, bool truncate) {
  for (std::int32_t r = range.first_row; r < range.first_row + range.n_rows; ++r) {
    const auto& row = corpus.rows[static_cast<std::size_t>(r)];
    for (std::size_t language = 0; language < corpus.languages.size(); ++language) {
      Sequence sequence;
      sequence.sample = row.sample;
      sequence.language = static_cast<std::int32_t>(language);
      bool truncated = false;
      sequence.tokens.ids = token_ids(source, corpus, row, language, truncate, truncated);
      for (std::size_t t = 0; t < sequence.tokens.ids.size(); ++t) {
        if (!source.is_special(sequence.tokens.ids[t])) {
          sequence.positions.push_back(static_cast<std::int32_t>(t));
        }
      }
      if (!sequence.positions.empty()) sequences_.push_back(std::move(sequence));
    }
  }
}

/// Records where the content tokens of each sequence will be among the rows.
void Shard::place_content() {
  std::int64_t n_before = 0;
  for (std::size_t b = 0; b < batches_.size(); ++b) {
    first_rows_.push_back(n_before);
    std::int64_t n_rows = 0;
    for (const auto s : batches_[b]) {
      auto& sequence = sequences_[static_cast<std::size_t>(s)];
      sequence.batch = b;
      sequence.first_row = n_rows;
      n_rows += std::ssize(sequence.positions);
    }
    n_before += n_rows;
  }
}

std::int64_t Shard::n_tokens(std::size_t batch) const {
  std::int64_t n = 0;
  for (const auto s : batches_[batch]) {
    n += std::ssize(sequences_[static_cast<std::size_t>(s)].tokens.ids);
  }
  return n;
}

/// The rows of the content tokens of a batch.
std::vector<float> Shard::content_rows(std::span<const float> rows, std::size_t width,
                                       std::size_t batch) const {
  std::vector<float> content;
  std::size_t first_token = 0;
  for (const auto s : batches_[batch]) {
    const auto& sequence = sequences_[static_cast<std::size_t>(s)];
    for (const auto position : sequence.positions) {
      const auto row =
          rows.subspan((first_token + static_cast<std::size_t>(position)) * width, width);
      content.insert(content.end(), row.begin(), row.end());
    }
    first_token += sequence.tokens.ids.size();
  }
  return content;
}

bool Shard::is_self_checked(std::size_t batch) const {
  return index_ == 0 && first_rows_[batch] < kSelfCheckTokens;
}

void Shard::run(std::size_t batch, ActivationSource& source, std::size_t worker, double& seconds) {
  std::vector<TokenSequence> tokens;
  for (const auto s : batches_[batch]) {
    tokens.push_back(sequences_[static_cast<std::size_t>(s)].tokens);
  }
  const auto rows = source.run(tokens);
  const Stopwatch stopwatch(seconds);
  const auto rows_at = [&](std::size_t hook) {
    return content_rows(rows[hook], static_cast<std::size_t>(source.width(hook)), batch);
  };
  for (auto& [target, encoded] : parts_) {
    auto x = rows_at(target->hook);
    if (target->manifest.centered) {
      center_rows(x, static_cast<std::size_t>(source.width(target->hook)));
    }
    auto& of_batch = encoded[batch];
    of_batch.rows = target->sae->encoders[worker].encode(x);
    if (!is_self_checked(batch)) continue;
    of_batch.x = std::move(x);
    if (target->predicted_hook) of_batch.predicted = rows_at(*target->predicted_hook);
  }
}

void Shard::store_self_check(const Part& part) const {
  auto& manifest = part.target->manifest;
  if (manifest.inputs.skip_self_check) return;
  SelfCheckSample sample;
  for (std::size_t b = 0; b < batches_.size() && is_self_checked(b); ++b) {
    sample.add(part.encoded[b].x, part.encoded[b].rows, part.encoded[b].predicted);
  }
  manifest.self_check = sample.judge(part.target->sae->sae, manifest.inputs.sae_path);
  write_manifest(part.target->folder, manifest);
}

ActivationShard Shard::assemble(const Part& part) const {
  ActivationShard shard;
  for (const auto& sequence : sequences_) {
    for (const auto position : sequence.positions) {
      shard.sample.push_back(sequence.sample);
      shard.language.push_back(sequence.language);
      shard.position.push_back(position);
    }
    append_rows(part.encoded[sequence.batch].rows, sequence.first_row,
                std::ssize(sequence.positions), shard.activations);
  }
  return shard;
}

void Shard::write(const std::vector<std::string>& languages) {
  if (index_ == 0) {
    for (const auto& part : parts_) store_self_check(part);
  }
  // Only the self-check needs the decoders.
  for (const auto& part : parts_) release(part.target->sae->sae.w_dec);
  for (const auto& part : parts_) {
    write_shard(part.target->folder, index_, languages, assemble(part));
  }
}

}  // namespace isogloss

#include "isogloss/pipeline/shard_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "isogloss/core/error.h"
#include "isogloss/model/batch_plan.h"
#include "isogloss/sae/self_check.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

constexpr std::size_t kSelfCheckTokens = 2048;
constexpr std::size_t kSequencesPerRowGroup = 4096;

/// Token ids of one sentence, within the model's context.
std::vector<std::int32_t> token_ids(const ActivationSource& source, const Corpus& corpus,
                                    const ParallelSentence& row, std::size_t language,
                                    bool truncate, bool& truncated) {
  auto ids = source.tokenize(row.text[language]);
  const auto limit = static_cast<std::size_t>(source.max_tokens_per_sequence());
  truncated = ids.size() > limit;
  if (truncated && !truncate) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("sentence {} ({}) in {}: {} tokens, the context holds {}; raise "
                            "--batch-tokens, or cut with --truncate",
                            row.sample, row.source, corpus.languages[language], ids.size(), limit));
  }
  if (truncated) ids.resize(limit);
  return ids;
}

SequenceRecord make_record(const ActivationSource& source, const ParallelSentence& row,
                           const std::string& language, std::string text,
                           std::vector<std::int32_t> ids) {
  SequenceRecord record{row.sample,      language,       row.source, row.document,
                        std::move(text), std::move(ids), {}};
  for (const auto id : record.token_ids) record.tokens.push_back(source.token_piece(id));
  return record;
}

/// One sentence in one language while its shard is being made.
struct ShardSequence {
  std::int32_t sample = 0;
  std::int32_t language = 0;
  TokenSequence tokens;
  std::vector<std::int32_t> positions;  ///< positions of the content tokens
  std::size_t batch = 0;                ///< where its rows were encoded
  std::int64_t first_row = 0;
};

std::vector<ShardSequence> shard_sequences(const ActivationSource& source, const Corpus& corpus,
                                           const ShardRange& range, bool truncate) {
  std::vector<ShardSequence> sequences;
  for (std::int32_t r = range.first_row; r < range.first_row + range.n_rows; ++r) {
    const auto& row = corpus.rows[static_cast<std::size_t>(r)];
    for (std::size_t language = 0; language < corpus.languages.size(); ++language) {
      ShardSequence sequence;
      sequence.sample = row.sample;
      sequence.language = static_cast<std::int32_t>(language);
      bool truncated = false;
      sequence.tokens.ids = token_ids(source, corpus, row, language, truncate, truncated);
      for (std::size_t t = 0; t < sequence.tokens.ids.size(); ++t) {
        if (!source.is_special(sequence.tokens.ids[t])) {
          sequence.positions.push_back(static_cast<std::int32_t>(t));
        }
      }
      if (!sequence.positions.empty()) sequences.push_back(std::move(sequence));
    }
  }
  return sequences;
}

/// Records the places of the content tokens of a batch's sequences among its rows.
void place_content(const Batch& batch, std::size_t batch_index,
                   std::vector<ShardSequence>& sequences) {
  std::int64_t n_rows = 0;
  for (const auto s : batch) {
    auto& sequence = sequences[static_cast<std::size_t>(s)];
    sequence.batch = batch_index;
    sequence.first_row = n_rows;
    n_rows += std::ssize(sequence.positions);
  }
}

/// Subtracts from every row its mean.
void center_rows(std::vector<float>& rows, std::size_t width) {
  for (std::size_t begin = 0; begin < rows.size(); begin += width) {
    const auto row = std::span(rows).subspan(begin, width);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    const auto mean = static_cast<float>(sum / static_cast<double>(width));
    for (auto& value : row) value -= mean;
  }
}

/// The rows of the content tokens in one batch.
std::vector<float> content_rows(std::span<const float> rows, std::size_t width, const Batch& batch,
                                const std::vector<ShardSequence>& sequences) {
  std::vector<float> content;
  std::size_t first_token = 0;
  for (const auto s : batch) {
    const auto& sequence = sequences[static_cast<std::size_t>(s)];
    for (const auto position : sequence.positions) {
      const auto row =
          rows.subspan((first_token + static_cast<std::size_t>(position)) * width, width);
      content.insert(content.end(), row.begin(), row.end());
    }
    first_token += sequence.tokens.ids.size();
  }
  return content;
}

void append_rows(const SparseRows& from, std::int64_t first, std::int64_t count, SparseRows& to) {
  for (std::int64_t r = first; r < first + count; ++r) {
    const auto begin = from.offsets[static_cast<std::size_t>(r)];
    const auto end = from.offsets[static_cast<std::size_t>(r) + 1];
    to.features.insert(to.features.end(), from.features.begin() + begin,
                       from.features.begin() + end);
    to.values.insert(to.values.end(), from.values.begin() + begin, from.values.begin() + end);
    to.offsets.push_back(static_cast<std::int64_t>(to.features.size()));
  }
}

ActivationShard assemble(const std::vector<ShardSequence>& sequences,
                         const std::vector<SparseRows>& encoded) {
  ActivationShard shard;
  for (const auto& sequence : sequences) {
    for (const auto position : sequence.positions) {
      shard.sample.push_back(sequence.sample);
      shard.language.push_back(sequence.language);
      shard.position.push_back(position);
    }
    append_rows(encoded[sequence.batch], sequence.first_row,
                static_cast<std::int64_t>(sequence.positions.size()), shard.activations);
  }
  return shard;
}

/// Collects the first tokens of a run and judges the SAE on them.
class SelfCheckSample {
 public:
  /// `predicted` is what a transcoder predicts of x, or empty.
  void add(std::span<const float> x, std::span<const float> predicted,
           const SparseRows& activations) {
    const auto there = static_cast<std::size_t>(activations_.n_rows());
    const auto n_given = static_cast<std::size_t>(activations.n_rows());
    if (there >= kSelfCheckTokens || n_given == 0) return;
    const auto n_rows = std::min(kSelfCheckTokens - there, n_given);
    const auto append = [&](std::span<const float> rows, std::vector<float>& to) {
      const auto first = rows.first(rows.size() / n_given * n_rows);
      to.insert(to.end(), first.begin(), first.end());
    };
    append(x, x_);
    append(predicted, predicted_);
    append_rows(activations, 0, static_cast<std::int64_t>(n_rows), activations_);
  }

  /// Throws Error(kBadInput) if the figures show that the SAE does not fit.
  std::optional<SelfCheck> judge(const Sae& sae, const std::string& sae_path) const {
    if (activations_.n_rows() < 2) return std::nullopt;
    const auto check = self_check(sae, x_, sae.is_transcoder ? predicted_ : x_, activations_);
    const auto failure = self_check_failure(check, sae);
    if (failure.empty()) return check;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {}; --skip-self-check goes on all the same", sae_path, failure));
  }

 private:
  std::vector<float> x_;
  std::vector<float> predicted_;
  SparseRows activations_;
};

/// One target's part of the shard that is being made.
struct ShardPart {
  ExtractionTarget* target = nullptr;
  std::vector<SparseRows> encoded;  ///< one per batch
  SelfCheckSample check;
};

std::vector<ShardPart> unfinished_parts(std::span<ExtractionTarget> targets, std::int32_t shard) {
  std::vector<ShardPart> parts;
  for (auto& target : targets) {
    if (shard_is_finished(target.folder, shard)) continue;
    parts.emplace_back().target = &target;
  }
  return parts;
}

/// Runs one batch and encodes its rows for every part.
void run_batch(ActivationSource& source, const Batch& batch, std::size_t batch_index,
               std::vector<ShardSequence>& sequences, bool first_shard,
               std::vector<ShardPart>& parts) {
  std::vector<TokenSequence> tokens;
  for (const auto s : batch) tokens.push_back(sequences[static_cast<std::size_t>(s)].tokens);
  const auto rows = source.run(tokens);
  place_content(batch, batch_index, sequences);
  for (auto& part : parts) {
    const auto width = static_cast<std::size_t>(source.width(part.target->hook));
    auto x = content_rows(rows[part.target->hook], width, batch, sequences);
    if (part.target->manifest.centered) center_rows(x, width);
    part.encoded.push_back(part.target->sae->encoder->encode(x));
    if (!first_shard) continue;
    std::vector<float> predicted;
    if (const auto hook = part.target->predicted) {
      predicted = content_rows(rows[*hook], static_cast<std::size_t>(source.width(*hook)), batch,
                               sequences);
    }
    part.check.add(x, predicted, part.encoded.back());
  }
}

void store_self_checks(std::vector<ShardPart>& parts) {
  for (auto& [target, encoded, check] : parts) {
    auto& manifest = target->manifest;
    if (manifest.inputs.skip_self_check) continue;
    manifest.self_check = check.judge(target->sae->sae, manifest.inputs.sae_path);
    write_manifest(target->folder, manifest);
  }
}

}  // namespace

std::vector<std::int32_t> tokenize_corpus(const ActivationSource& source, const Corpus& corpus,
                                          const ResultFolder& folder, bool truncate,
                                          std::int64_t& n_truncated, const RunControl& control) {
  SequenceWriter writer(folder);
  std::vector<SequenceRecord> records;
  std::vector<std::int32_t> lengths;
  n_truncated = 0;
  for (const auto& row : corpus.rows) {
    control.throw_if_stopped();
    for (std::size_t language = 0; language < corpus.languages.size(); ++language) {
      bool truncated = false;
      auto ids = token_ids(source, corpus, row, language, truncate, truncated);
      n_truncated += truncated ? 1 : 0;
      lengths.push_back(static_cast<std::int32_t>(ids.size()));
      records.push_back(
          make_record(source, row, corpus.languages[language], row.text[language], std::move(ids)));
    }
    if (records.size() >= kSequencesPerRowGroup) {
      writer.append(records);
      records.clear();
      control.report({"tokenize", "sentences", static_cast<std::int64_t>(lengths.size()),
                      static_cast<std::int64_t>(corpus.rows.size() * corpus.languages.size())});
    }
  }
  if (!records.empty()) writer.append(records);
  writer.finish();
  return lengths;
}

std::vector<ShardRange> plan_shards(std::span<const std::int32_t> lengths, std::int32_t n_languages,
                                    std::int64_t target_tokens) {
  std::vector<ShardRange> shards;
  const auto n_rows = static_cast<std::int32_t>(lengths.size()) / n_languages;
  for (std::int32_t row = 0; row < n_rows; ++row) {
    if (shards.empty() || shards.back().n_tokens >= target_tokens) shards.push_back({row, 0, 0});
    const auto of_row = lengths.subspan(static_cast<std::size_t>(row * n_languages),
                                        static_cast<std::size_t>(n_languages));
    for (const auto length : of_row) shards.back().n_tokens += length;
    ++shards.back().n_rows;
  }
  return shards;
}

void extract_shards(ActivationSource& source, const Corpus& corpus,
                    std::span<ExtractionTarget> targets, const RunControl& control) {
  const BatchLimits limits{source.max_tokens_per_batch(), source.max_sequences_per_batch()};
  const auto& shards = targets.front().manifest.shards;
  const bool truncate = targets.front().manifest.inputs.truncate;
  std::int64_t total = 0;
  for (const auto& shard : shards) total += shard.n_tokens;
  std::int64_t done = 0;

  for (std::int32_t index = 0; index < std::ssize(shards); ++index) {
    const auto& range = shards[static_cast<std::size_t>(index)];
    auto parts = unfinished_parts(targets, index);
    if (parts.empty()) {
      done += range.n_tokens;
      continue;
    }
    auto sequences = shard_sequences(source, corpus, range, truncate);
    std::vector<std::int32_t> lengths;
    for (const auto& sequence : sequences) {
      lengths.push_back(static_cast<std::int32_t>(sequence.tokens.ids.size()));
    }
    const auto batches = plan_batches(lengths, limits);
    for (std::size_t b = 0; b < batches.size(); ++b) {
      control.throw_if_stopped();
      run_batch(source, batches[b], b, sequences, index == 0, parts);
      for (const auto s : batches[b]) done += lengths[static_cast<std::size_t>(s)];
      control.report({"extract", "tokens", done, total});
    }
    if (index == 0) store_self_checks(parts);
    // Only the self-check needs the decoders.
    for (auto& target : targets) release(target.sae->sae.w_dec);
    for (const auto& part : parts) {
      write_shard(part.target->folder, index, corpus.languages, assemble(sequences, part.encoded));
    }
  }
}

}  // namespace isogloss

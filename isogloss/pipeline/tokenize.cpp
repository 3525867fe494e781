#include "isogloss/pipeline/tokenize.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

constexpr std::size_t kSequencesPerRowGroup = 4096;

SequenceRecord make_record(const ActivationSource& source, const ParallelSentence& row,
                           const std::string& language, std::string text,
                           std::vector<std::int32_t> ids) {
  SequenceRecord record{row.sample,      language,       row.source, row.document,
                        std::move(text), std::move(ids), {}};
  for (const auto id : record.token_ids) record.tokens.push_back(source.token_piece(id));
  return record;
}

}  // namespace

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

}  // namespace isogloss

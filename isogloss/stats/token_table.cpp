#include "isogloss/stats/token_table.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "isogloss/core/error.h"
#include "isogloss/stats/shared_words_internal.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

/// Positions of one language's content tokens. Those of row r are
/// positions[begin[r]] … positions[begin[r] + count[r] − 1].
struct ContentPositions {
  std::vector<std::int64_t> begin;
  std::vector<std::int32_t> count;
  std::vector<std::int32_t> positions;

  std::span<const std::int32_t> of(std::size_t row) const {
    return std::span(positions).subspan(static_cast<std::size_t>(begin[row]),
                                        static_cast<std::size_t>(count[row]));
  }
};

/// The sentences of one sample that have been read so far.
struct PendingSample {
  std::vector<SequenceRecord> records;  ///< [n_languages]
  std::size_t n_found = 0;
  std::vector<FlaggedTokens> flagged;  ///< [n_languages], of the content tokens
};

class TableBuilder {
 public:
  TableBuilder(const ResultFolder& folder, const Maxima& maxima)
      : folder_(folder), maxima_(maxima) {
    const auto n_rows = maxima.samples.size();
    content_.resize(maxima.languages.size());
    for (auto& content : content_) {
      content.begin.assign(n_rows, 0);
      content.count.assign(n_rows, 0);
    }
    table_.by_language.resize(maxima.languages.size());
    for (auto& tokens : table_.by_language) {
      tokens.begin.assign(n_rows, 0);
      tokens.size.assign(n_rows, 0);
    }
  }

  void read_positions(const RunControl& control);
  void read_sentences(const RunControl& control);
  TokenTable take() && { return std::move(table_); }

 private:
  std::size_t row_of(std::int32_t sample) const;
  void collect(std::span<const SequenceRecord> records);
  void flag_complete_samples();
  SentenceTokens content_of(const SequenceRecord& record, std::size_t language,
                            std::size_t row) const;
  void append(const SequenceRecord& record, const FlaggedTokens& flagged, std::size_t language,
              std::size_t row);
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {}; the folder mixes two runs: extract again "
                            "into an empty one",
                            folder_.sequences().string(), problem));
  }

  const ResultFolder& folder_;
  const Maxima& maxima_;
  std::vector<ContentPositions> content_;         ///< [n_languages]
  std::map<std::size_t, PendingSample> pending_;  ///< by row
  TokenTable table_;
};

std::size_t TableBuilder::row_of(std::int32_t sample) const {
  const auto found = std::ranges::lower_bound(maxima_.samples, sample);
  if (found == maxima_.samples.end() || *found != sample) {
    fail(fmt::format("sample {} of the activations is not there", sample));
  }
  return static_cast<std::size_t>(found - maxima_.samples.begin());
}

void TableBuilder::read_positions(const RunControl& control) {
  std::int32_t last_sample = -1;
  std::size_t row = 0;
  visit_token_positions(
      folder_, maxima_.languages,
      [&](std::int32_t sample, std::int32_t language, std::int32_t position) {
        if (sample != last_sample) {
          control.throw_if_stopped();
          row = row_of(sample);
          last_sample = sample;
        }
        auto& content = content_[static_cast<std::size_t>(language)];
        if (content.count[row] == 0) content.begin[row] = std::ssize(content.positions);
        const bool goes_on =
            content.begin[row] + content.count[row] == std::ssize(content.positions);
        if (!goes_on || (content.count[row] > 0 && content.positions.back() >= position)) {
          fail(fmt::format("the activations of sample {} are out of order", sample));
        }
        content.positions.push_back(position);
        ++content.count[row];
      });
}

void TableBuilder::read_sentences(const RunControl& control) {
  std::int64_t n_read = 0;
  const auto total = std::ssize(maxima_.samples) * std::ssize(maxima_.languages);
  visit_sequences(folder_, [&](std::span<const SequenceRecord> records) {
    control.throw_if_stopped();
    collect(records);
    flag_complete_samples();
    n_read += std::ssize(records);
    control.report({"profile", "sentences", std::min(n_read, total), total});
  });
  if (!pending_.empty()) {
    fail(fmt::format("sample {} is not there in every language",
                     maxima_.samples[pending_.begin()->first]));
  }
}

void TableBuilder::collect(std::span<const SequenceRecord> records) {
  for (const auto& record : records) {
    const auto language = static_cast<std::size_t>(
        std::ranges::find(maxima_.languages, record.language) - maxima_.languages.begin());
    if (language == maxima_.languages.size()) continue;
    auto& sample = pending_[row_of(record.sample)];
    sample.records.resize(maxima_.languages.size());
    sample.records[language] = record;
    ++sample.n_found;
  }
}

void TableBuilder::flag_complete_samples() {
  std::vector<std::pair<const std::size_t, PendingSample>*> complete;
  for (auto& entry : pending_) {
    if (entry.second.n_found == maxima_.languages.size()) complete.push_back(&entry);
  }
  tbb::parallel_for(std::size_t{0}, complete.size(), [&](std::size_t i) {
    auto& [row, sample] = *complete[i];
    std::vector<SentenceTokens> sentences;
    for (std::size_t language = 0; language < sample.records.size(); ++language) {
      sentences.push_back(content_of(sample.records[language], language, row));
    }
    sample.flagged = flag_tokens(sentences);
  });
  for (const auto* entry : complete) {
    const auto& [row, sample] = *entry;
    for (std::size_t language = 0; language < sample.records.size(); ++language) {
      append(sample.records[language], sample.flagged[language], language, row);
    }
  }
  std::erase_if(pending_, [&](const auto& entry) {
    return entry.second.n_found == maxima_.languages.size();
  });
}

/// The tokens from the first content token to the last; a special token between them keeps its
/// spelling.
SentenceTokens TableBuilder::content_of(const SequenceRecord& record, std::size_t language,
                                        std::size_t row) const {
  const auto positions = content_[language].of(row);
  if (positions.empty()) return {record.text, {}};
  if (positions.back() >= std::ssize(record.tokens)) {
    fail(fmt::format("sample {} in {} has {} tokens, but its activations reach position {}",
                     record.sample, record.language, record.tokens.size(), positions.back()));
  }
  const auto first = static_cast<std::size_t>(positions.front());
  const auto size = static_cast<std::size_t>(positions.back()) - first + 1;
  return {record.text, std::span(record.tokens).subspan(first, size)};
}

void TableBuilder::append(const SequenceRecord& record, const FlaggedTokens& flagged,
                          std::size_t language, std::size_t row) {
  auto& tokens = table_.by_language[language];
  tokens.begin[row] = std::ssize(tokens.ids);
  tokens.size[row] = static_cast<std::int32_t>(record.token_ids.size());
  tokens.ids.insert(tokens.ids.end(), record.token_ids.begin(), record.token_ids.end());
  tokens.flags.resize(tokens.ids.size());
  const auto positions = content_[language].of(row);
  const auto n = std::ssize(positions);
  tokens.n_content += n;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto position = positions[static_cast<std::size_t>(i)];
    const auto at = static_cast<std::size_t>(tokens.begin[row] + position);
    std::uint8_t flags = flagged.flags[static_cast<std::size_t>(position - positions.front())];
    if (i % 2 == 1) flags |= kOdd;
    if (10 * i < n || 10 * (n - 1 - i) < n) flags |= kEdge;
    tokens.flags[at] = flags;
    const auto [text, is_new] = table_.texts.try_emplace(tokens.ids[at]);
    if (is_new) {
      text->second =
          token_text(record.tokens[static_cast<std::size_t>(position)], flagged.spelling);
    }
  }
}

}  // namespace

TokenTable read_token_table(const ResultFolder& folder, const Maxima& maxima,
                            const RunControl& control) {
  TableBuilder builder(folder, maxima);
  builder.read_positions(control);
  builder.read_sentences(control);
  return std::move(builder).take();
}

}  // namespace isogloss

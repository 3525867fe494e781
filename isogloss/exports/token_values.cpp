#include "isogloss/exports/token_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "isogloss/core/error.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/segments.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

constexpr std::size_t kSamplesAtOnce = 512;

/// Samples of the strongest entries of a column, strongest first.
std::vector<std::int32_t> strongest_samples(const Maxima& maxima, std::int32_t language,
                                            std::int32_t feature, std::int32_t n_sentences) {
  const auto column = maxima.column(language, feature);
  std::vector<std::size_t> order(column.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return column.values[a] > column.values[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(n_sentences)));
  std::vector<std::int32_t> samples;
  for (const auto at : order) {
    samples.push_back(maxima.samples[static_cast<std::size_t>(column.rows[at])]);
  }
  return samples;
}

/// The sentences that are wanted of one sample in one language, and where its tokens begin.
struct Wanted {
  std::vector<std::size_t> sentences;  ///< indices into the result
  std::int64_t n_tokens = 0;           ///< in the sentence
  std::int32_t first = -1;             ///< position of the first token that counts
  std::int32_t last = -1;
};

class TokenReader {
 public:
  TokenReader(const ResultFolder& folder, const std::vector<std::string>& languages,
              std::vector<TokenValues>& sentences)
      : folder_(folder), languages_(languages), sentences_(sentences) {
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      wanted_[{sentences[i].sample, sentences[i].language}].sentences.push_back(i);
    }
  }

  std::vector<std::int32_t> samples() const {
    std::vector<std::int32_t> samples;
    for (const auto& [key, wanted] : wanted_) {
      if (samples.empty() || samples.back() != key.first) samples.push_back(key.first);
    }
    return samples;
  }

  void read(std::span<const std::int32_t> samples) {
    const auto records = read_sequences(folder_, samples);
    for (const auto& record : records) {
      if (auto* wanted = find(record)) wanted->n_tokens = std::ssize(record.tokens);
    }
    const auto shard = read_activations(folder_, languages_, samples);
    for (std::size_t row = 0; row < shard.sample.size(); ++row) add_token(shard, row);
    for (const auto& record : records) {
      if (const auto* wanted = find(record)) add_texts(record, *wanted);
    }
  }

 private:
  void add_token(const ActivationShard& shard, std::size_t row) {
    const auto found = wanted_.find({shard.sample[row], shard.language[row]});
    if (found == wanted_.end()) return;
    auto& wanted = found->second;
    const auto position = shard.position[row];
    if (wanted.first < 0) wanted.first = position;
    wanted.last = position;
    if (position >= wanted.n_tokens) return;  // then add_texts leaves the sentence without tokens
    const auto begin = shard.activations.features.begin() + shard.activations.offsets[row];
    const auto end = shard.activations.features.begin() + shard.activations.offsets[row + 1];
    for (const auto i : wanted.sentences) {
      auto& sentence = sentences_[i];
      sentence.values.resize(static_cast<std::size_t>(position - wanted.first) + 1);
      const auto at = std::lower_bound(begin, end, sentence.feature);
      if (at == end || *at != sentence.feature) continue;
      sentence.values.back() =
          shard.activations
              .values[static_cast<std::size_t>(at - shard.activations.features.begin())];
    }
  }

  /// Null if nothing is wanted of the sentence.
  Wanted* find(const SequenceRecord& record) {
    const auto language = std::ranges::find(languages_, record.language) - languages_.begin();
    const auto found = wanted_.find({record.sample, static_cast<std::int32_t>(language)});
    return found == wanted_.end() ? nullptr : &found->second;
  }

  void add_texts(const SequenceRecord& record, const Wanted& wanted) {
    if (wanted.first < 0 || wanted.last >= std::ssize(record.tokens)) return;
    const auto tokens = std::span(record.tokens)
                            .subspan(static_cast<std::size_t>(wanted.first),
                                     static_cast<std::size_t>(wanted.last - wanted.first) + 1);
    const auto ends = find_token_ends(record.text, tokens);
    for (const auto i : wanted.sentences) {
      for (const auto& token : tokens) {
        sentences_[i].tokens.push_back(ends ? token_text(token, ends->spelling) : token);
      }
    }
  }

  const ResultFolder& folder_;
  const std::vector<std::string>& languages_;
  std::vector<TokenValues>& sentences_;
  std::map<std::pair<std::int32_t, std::int32_t>, Wanted> wanted_;  // by sample and language
};

void check_tokens(const ResultFolder& folder, const Maxima& maxima, const TokenValues& sentence) {
  if (!sentence.tokens.empty() && sentence.tokens.size() == sentence.values.size()) return;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: the tokens of sample {} in {} are not those of its activations; the "
                          "folder mixes two runs: extract again into an empty one",
                          folder.sequences().string(), sentence.sample,
                          maxima.languages[static_cast<std::size_t>(sentence.language)]));
}

}  // namespace

std::vector<TokenValues> strongest_sentences(const ResultFolder& folder, const Maxima& maxima,
                                             std::span<const std::int32_t> features,
                                             std::int32_t n_sentences, const RunControl& control) {
  std::vector<TokenValues> sentences;
  for (const auto feature : features) {
    for (std::int32_t language = 0; language < maxima.n_languages(); ++language) {
      for (const auto sample : strongest_samples(maxima, language, feature, n_sentences)) {
        sentences.push_back({feature, language, sample, {}, {}});
      }
    }
  }
  TokenReader reader(folder, maxima.languages, sentences);
  const auto ids = reader.samples();
  const std::span<const std::int32_t> samples(ids);
  for (std::size_t done = 0; done < samples.size(); done += kSamplesAtOnce) {
    control.throw_if_stopped();
    control.report({"export", "samples", static_cast<std::int64_t>(done), std::ssize(samples)});
    reader.read(samples.subspan(done, std::min(kSamplesAtOnce, samples.size() - done)));
  }
  for (const auto& sentence : sentences) check_tokens(folder, maxima, sentence);
  return sentences;
}

}  // namespace isogloss

#include "isogloss/evidence/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "isogloss/core/error.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

constexpr std::size_t kSamplesAtOnce = 512;  // about 40 MB of activations in eight languages
constexpr std::string_view kEllipsis = "…";

/// Positions of a sentence's content tokens: those that have a row in the activations.
struct ContentRange {
  std::int32_t first = -1;
  std::int32_t last = -1;
};

class Gatherer {
 public:
  Gatherer(const ResultFolder& folder, const Maxima& maxima,
           std::span<const WantedEvidence> wanted);

  void read(std::span<const std::int32_t> samples);
  Evidence finish() &&;
  const std::vector<std::int32_t>& samples() const { return samples_; }

 private:
  void add_row(const ActivationShard& shard, std::size_t row);
  void add_activation(std::size_t feature, std::size_t language, std::int32_t sample,
                      std::int32_t position, float value);
  void add_sentence(const SequenceRecord& record);
  ContentRange& range_of(std::int32_t sample, std::size_t language);

  const ResultFolder& folder_;
  const std::vector<std::string>& languages_;
  std::vector<std::int32_t> samples_;                  // wanted by some feature, ascending
  std::vector<std::vector<std::size_t>> features_of_;  // [samples] indices into features
  std::vector<std::vector<ContentRange>> ranges_;      // [samples][languages]
  Evidence evidence_;
};

Gatherer::Gatherer(const ResultFolder& folder, const Maxima& maxima,
                   std::span<const WantedEvidence> wanted)
    : folder_(folder), languages_(maxima.languages) {
  std::map<std::int32_t, std::vector<std::size_t>> features_of;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    evidence_.features.push_back({wanted[i].feature, {}});
    evidence_.features.back().by_language.resize(languages_.size());
    for (const auto row : wanted[i].rows) {
      features_of[maxima.samples[static_cast<std::size_t>(row)]].push_back(i);
    }
  }
  for (auto& [sample, features] : features_of) {
    samples_.push_back(sample);
    features_of_.push_back(std::move(features));
    evidence_.samples.push_back({sample, {}, std::vector<ShownSentence>(languages_.size())});
  }
  ranges_.assign(samples_.size(), std::vector<ContentRange>(languages_.size()));
  evidence_.first_position = -1;
}

/// Index of `sample` in `samples`, which holds it.
std::size_t index_of(const std::vector<std::int32_t>& samples, std::int32_t sample) {
  return static_cast<std::size_t>(std::ranges::lower_bound(samples, sample) - samples.begin());
}

ContentRange& Gatherer::range_of(std::int32_t sample, std::size_t language) {
  return ranges_[index_of(samples_, sample)][language];
}

void Gatherer::read(std::span<const std::int32_t> samples) {
  const auto shard = read_activations(folder_, languages_, samples);
  for (std::size_t row = 0; row < shard.sample.size(); ++row) add_row(shard, row);
  for (const auto& record : read_sequences(folder_, samples)) add_sentence(record);
}

void Gatherer::add_row(const ActivationShard& shard, std::size_t row) {
  const auto sample = shard.sample[row];
  const auto language = static_cast<std::size_t>(shard.language[row]);
  const auto position = shard.position[row];
  auto& range = range_of(sample, language);
  if (range.first < 0) range.first = position;
  range.last = position;

  const auto begin = shard.activations.features.begin();
  const auto row_begin = begin + shard.activations.offsets[row];
  const auto row_end = begin + shard.activations.offsets[row + 1];
  for (const auto feature : features_of_[index_of(samples_, sample)]) {
    const auto at = std::lower_bound(row_begin, row_end, evidence_.features[feature].feature);
    if (at == row_end || *at != evidence_.features[feature].feature) continue;
    const bool is_shown = position - range.first < kMaxShownTokens;
    add_activation(feature, language, sample, is_shown ? position : -1,
                   shard.activations.values[static_cast<std::size_t>(at - begin)]);
  }
}

/// `position` is -1 for a token that is not shown.
void Gatherer::add_activation(std::size_t feature, std::size_t language, std::int32_t sample,
                              std::int32_t position, float value) {
  auto& rows = evidence_.features[feature].by_language[language];
  if (rows.empty() || rows.back().sample != sample) rows.push_back({sample, 0, {}, {}});
  auto& row = rows.back();
  row.max = std::max(row.max, value);
  if (position < 0) return;
  row.positions.push_back(position);
  row.values.push_back(value);
}

/// The segments of the first kMaxShownTokens tokens, with "…" where the sentence goes on.
ShownSentence shown_sentence(const std::string& text, std::span<const std::string> tokens) {
  ShownSentence sentence;
  std::string shown;
  std::int32_t n_tokens = 0;
  for (auto& segment : segment_text(text, tokens)) {
    if (n_tokens + segment.n_tokens > kMaxShownTokens) break;
    n_tokens += segment.n_tokens;
    shown += segment.text;
    sentence.segments.push_back(std::move(segment));
  }
  const bool tokens_go_on = n_tokens < static_cast<std::int32_t>(tokens.size());
  const bool text_goes_on = text.size() > shown.size() && text.starts_with(shown);
  if (tokens_go_on || (text_goes_on && !tokens.empty())) {
    sentence.segments.push_back({std::string(kEllipsis), 1});
    sentence.text = shown + std::string(kEllipsis);
  } else {
    sentence.text = text;
  }
  return sentence;
}

void Gatherer::add_sentence(const SequenceRecord& record) {
  const auto language = std::ranges::find(languages_, record.language) - languages_.begin();
  if (language == std::ssize(languages_)) return;
  const auto range = range_of(record.sample, static_cast<std::size_t>(language));
  const auto n_tokens = static_cast<std::int32_t>(record.tokens.size());
  if (range.last >= n_tokens) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: sample {} in {} has {} tokens, but its activations reach position "
                            "{}; the folder mixes two runs: extract again into an empty one",
                            folder_.sequences().string(), record.sample, record.language, n_tokens,
                            range.last));
  }
  std::span<const std::string> content(record.tokens);
  const std::int32_t n_content = range.first < 0 ? 0 : range.last - range.first + 1;
  content = content.subspan(static_cast<std::size_t>(std::max(range.first, 0)),
                            static_cast<std::size_t>(n_content));
  if (n_content > 0 && evidence_.first_position < 0) {
    evidence_.first_position = range.first;
    evidence_.n_special = n_tokens - n_content;
  }
  auto& sample = evidence_.samples[index_of(samples_, record.sample)];
  sample.source = record.source;
  sample.by_language[static_cast<std::size_t>(language)] = shown_sentence(record.text, content);
}

Evidence Gatherer::finish() && {
  evidence_.first_position = std::max(evidence_.first_position, 0);
  for (auto& feature : evidence_.features) {
    for (auto& rows : feature.by_language) {
      std::ranges::sort(rows, [](const EvidenceRow& a, const EvidenceRow& b) {
        return a.max != b.max ? a.max > b.max : a.sample < b.sample;
      });
    }
  }
  return std::move(evidence_);
}

}  // namespace

Evidence gather_evidence(const ResultFolder& folder, const Maxima& maxima,
                         std::span<const WantedEvidence> wanted, const RunControl& control) {
  Gatherer gatherer(folder, maxima, wanted);
  const std::span<const std::int32_t> samples(gatherer.samples());
  for (std::size_t done = 0; done < samples.size(); done += kSamplesAtOnce) {
    control.throw_if_stopped();
    control.report({"report", "samples", static_cast<std::int64_t>(done), std::ssize(samples)});
    gatherer.read(samples.subspan(done, std::min(kSamplesAtOnce, samples.size() - done)));
  }
  control.report({"report", "samples", std::ssize(samples), std::ssize(samples)});
  return std::move(gatherer).finish();
}

}  // namespace isogloss

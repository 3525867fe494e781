#include "isogloss/evidence/feature_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "isogloss/core/error.h"
#include "isogloss/evidence/evidence.h"
#include "isogloss/evidence/neuronpedia.h"
#include "isogloss/model/token_piece.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/score/score_columns.h"
#include "isogloss/stats/profile_file.h"

namespace isogloss {
namespace {

/// The same table, restricted to some features.
ScoreTable rows_of(ScoreTable table, std::span<const std::int32_t> features) {
  visit_score_columns(table, [&]<class T>(const std::string&, std::vector<T>& column) {
    if (column.empty()) return;
    std::vector<T> kept;
    for (const auto feature : features) kept.push_back(column[static_cast<std::size_t>(feature)]);
    column = std::move(kept);
  });
  return table;
}

std::vector<std::vector<ViewedPeak>> peaks_of(const std::optional<TokenProfile>& profile,
                                              std::int32_t feature, std::size_t n_languages) {
  std::vector<std::vector<ViewedPeak>> peaks(n_languages);
  if (!profile) return peaks;
  for (std::size_t l = 0; l < n_languages; ++l) {
    for (const auto& [token, share] : profile->by_language[l].peaks_of(feature)) {
      if (token < 0) break;
      const auto& text = profile->texts[static_cast<std::size_t>(token)];
      peaks[l].push_back({readable_piece(text, false), share});
    }
  }
  return peaks;
}

/// The folder's token profile, if it belongs to the run that `table` scores.
std::optional<TokenProfile> profile_of(const ResultFolder& folder, const ScoreTable& table) {
  return read_token_profile(folder, table.n_features(), table.n_rows, table.languages);
}

/// `row` is null where the feature is silent in the sentence.
ViewedSentence viewed_sentence(const ShownSentence& shown, const EvidenceRow* row,
                               std::int32_t first_position) {
  ViewedSentence sentence{shown.text, row != nullptr ? row->max : 0, {}};
  std::int32_t begin = first_position;
  std::size_t next = 0;
  for (const auto& segment : shown.segments) {
    auto& viewed = sentence.segments.emplace_back(ViewedSegment{segment.text, 0});
    begin += segment.n_tokens;
    for (; row != nullptr && next < row->positions.size() && row->positions[next] < begin; ++next) {
      viewed.value = std::max(viewed.value, row->values[next]);
    }
  }
  return sentence;
}

/// The samples of the `place`-th feature.
std::vector<ViewedSample> viewed_samples(const Evidence& evidence, std::size_t place,
                                         std::span<const std::int32_t> ids) {
  std::vector<ViewedSample> samples;
  for (const auto id : ids) {
    const auto shown = std::ranges::find(evidence.samples, id, &ShownSample::sample);
    auto& sample = samples.emplace_back(ViewedSample{id, shown->source, {}});
    for (std::size_t language = 0; language < shown->by_language.size(); ++language) {
      const auto& fired = evidence.features[place].by_language[language];
      const auto found = std::ranges::find(fired, id, &EvidenceRow::sample);
      sample.by_language.push_back(viewed_sentence(shown->by_language[language],
                                                   found == fired.end() ? nullptr : &*found,
                                                   evidence.first_position));
    }
  }
  return samples;
}

void add_samples(const ResultFolder& folder, std::int32_t n_samples, std::span<FeatureView> views) {
  if (views.empty()) return;
  std::vector<std::int32_t> features;
  for (const auto& view : views) features.push_back(view.feature);
  const auto maxima = read_maxima_of(folder, features, views.front().scores.languages);
  std::vector<WantedEvidence> wanted;
  for (const auto feature : features) {
    wanted.push_back({feature, choose_rows(maxima, feature, n_samples, n_samples)});
  }
  const auto evidence = gather_evidence(folder, maxima, wanted, RunControl{});
  for (std::size_t i = 0; i < views.size(); ++i) {
    std::vector<std::int32_t> ids;
    for (const auto row : wanted[i].rows) {
      ids.push_back(maxima.samples[static_cast<std::size_t>(row)]);
    }
    views[i].samples = viewed_samples(evidence, i, ids);
  }
}

}  // namespace

std::vector<FeatureView> view_features(const ResultFolder& folder, const Manifest& manifest,
                                       const ScoreTable& table,
                                       std::span<const std::int32_t> features,
                                       std::int32_t n_samples) {
  for (const auto feature : features) {
    if (feature >= 0 && feature < table.n_features()) continue;
    throw Error(ErrorCode::kUsage, fmt::format("no feature {}: the SAE has {}, 0 to {}", feature,
                                               table.n_features(), table.n_features() - 1));
  }
  auto reading = std::async(std::launch::async, [&] { return profile_of(folder, table); });
  const auto vocabulary = read_vocabulary(folder);
  const auto explanations = read_explanations(folder);
  const auto scores = rows_of(table, features);
  std::vector<FeatureView> views;
  for (const auto feature : features) {
    auto& view = views.emplace_back();
    view.feature = feature;
    const auto row = static_cast<std::int32_t>(views.size() - 1);
    view.scores = rows_of(scores, {&row, 1});
    if (const auto* found = find_vocabulary(vocabulary, feature)) view.vocabulary = found->effect;
    const auto explained = explanations.of(feature);
    view.explanations.assign(explained.begin(), explained.end());
    const auto pages = neuronpedia_url(manifest);
    if (!pages.empty()) view.neuronpedia_url = fmt::format("{}/{}", pages, feature);
  }
  add_samples(folder, n_samples, views);
  const auto profile = reading.get();
  for (auto& view : views) {
    view.peaks = peaks_of(profile, view.feature, table.languages.size());
  }
  return views;
}

FeatureView view_feature(const ResultFolder& folder, const Manifest& manifest, std::int32_t feature,
                         std::int32_t n_samples) {
  return view_features(folder, manifest, read_scores(folder), {&feature, 1}, n_samples).front();
}

}  // namespace isogloss

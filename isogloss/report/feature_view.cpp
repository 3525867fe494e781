#include "isogloss/report/feature_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/report/evidence.h"
#include "isogloss/report/neuronpedia.h"
#include "isogloss/report/scores_file.h"
#include "isogloss/report/vocabulary_file.h"

namespace isogloss {
namespace {

FeatureView numbers_of(const ScoreTable& table, std::int32_t feature) {
  const auto at = static_cast<std::size_t>(feature);
  FeatureView view;
  view.feature = feature;
  view.n_rows = table.n_rows;
  view.languages = table.languages;
  for (std::size_t language = 0; language < table.languages.size(); ++language) {
    view.active.push_back(table.active[language][at]);
    view.max.push_back(table.max[language][at]);
  }
  view.alive = table.alive[at] != 0;
  view.n_languages_active = table.n_languages_active[at];
  view.agreement = table.agreement[at];
  view.agreement_raw = table.agreement_raw[at];
  view.agreement_rank = table.agreement_rank[at];
  view.overlap = table.overlap[at];
  view.overlap_expected = table.overlap_expected[at];
  view.n_eff = table.n_eff[at];
  view.cofire = table.cofire[at];
  view.p_cofire = table.p_cofire[at];
  view.q_cofire = table.q_cofire[at];
  view.bi_loss = table.bi_loss[at];
  view.bi_loss_text = table.bi_loss_text[at];
  view.bi_rank = table.bi_rank[at];
  return view;
}

/// `row` is null where the sentence does not fire the feature.
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

std::vector<ViewedSample> viewed_samples(const Evidence& evidence, const Maxima& maxima,
                                         std::span<const std::int32_t> rows) {
  std::vector<ViewedSample> samples;
  for (const auto row : rows) {
    const auto id = maxima.samples[static_cast<std::size_t>(row)];
    const auto shown = std::ranges::find(evidence.samples, id, &ShownSample::sample);
    auto& sample = samples.emplace_back(ViewedSample{id, shown->source, {}});
    for (std::size_t language = 0; language < shown->by_language.size(); ++language) {
      const auto& fired = evidence.features.front().by_language[language];
      const auto found = std::ranges::find(fired, id, &EvidenceRow::sample);
      sample.by_language.push_back(viewed_sentence(shown->by_language[language],
                                                   found == fired.end() ? nullptr : &*found,
                                                   evidence.first_position));
    }
  }
  return samples;
}

}  // namespace

std::vector<FeatureView> view_features(const ResultFolder& folder, const Manifest& manifest,
                                       const ScoreTable& table,
                                       std::span<const std::int32_t> features,
                                       std::int32_t n_samples) {
  const auto vocabulary = read_vocabulary(folder);
  std::vector<FeatureView> views;
  for (const auto feature : features) {
    if (feature < 0 || feature >= table.n_features()) {
      throw Error(ErrorCode::kUsage, fmt::format("no feature {}: the SAE has {}, 0 to {}", feature,
                                                 table.n_features(), table.n_features() - 1));
    }
    auto& view = views.emplace_back(numbers_of(table, feature));
    if (const auto* found = find_vocabulary(vocabulary, feature)) view.vocabulary = found->effect;
    const auto pages = neuronpedia_url(manifest);
    if (!pages.empty()) view.neuronpedia_url = fmt::format("{}/{}", pages, feature);
    const auto maxima = read_maxima_of_feature(folder, feature, table.languages);
    const WantedEvidence wanted{feature, choose_rows(maxima, feature, n_samples, n_samples)};
    const auto evidence = gather_evidence(folder, maxima, {&wanted, 1}, RunControl{});
    view.samples = viewed_samples(evidence, maxima, wanted.rows);
  }
  return views;
}

FeatureView view_feature(const ResultFolder& folder, const Manifest& manifest, std::int32_t feature,
                         std::int32_t n_samples) {
  return view_features(folder, manifest, read_scores(folder), {&feature, 1}, n_samples).front();
}

}  // namespace isogloss

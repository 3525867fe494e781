// One feature's numbers and its strongest sentences, for a terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/model/unembedding.h"
#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

struct ViewedSegment {
  std::string text;  ///< whole characters
  float value = 0;   ///< largest activation of its tokens, 0 where the feature is silent
};

struct ViewedSentence {
  std::string text;
  float max = 0;  ///< 0 where the feature is silent
  std::vector<ViewedSegment> segments;
};

struct ViewedSample {
  std::int32_t sample = 0;
  std::string source;
  std::vector<ViewedSentence> by_language;  ///< [n_languages]
};

/// Numbers as in ScoreTable, one feature's.
struct FeatureView {
  std::int32_t feature = 0;
  std::int32_t n_rows = 0;  ///< sentences of the run
  std::vector<std::string> languages;
  std::vector<std::int32_t> active;  ///< [n_languages] sentences that fire it
  std::vector<float> max;            ///< [n_languages]
  bool alive = false;
  std::int32_t n_languages_active = 0;
  double agreement = 0;
  std::optional<double> agreement_raw;
  std::int32_t agreement_rank = 0;
  std::optional<double> overlap;
  std::optional<double> overlap_expected;
  std::optional<double> n_eff;
  std::int32_t cofire = 0;
  std::optional<double> p_cofire;
  std::optional<double> q_cofire;
  std::optional<double> bi_loss;
  std::optional<double> bi_loss_text;
  std::optional<std::int32_t> bi_rank;
  std::optional<VocabularyEffect> vocabulary;  ///< if vocabulary.parquet has the feature
  std::string neuronpedia_url;                 ///< empty if the SAE has no page there
  /// The strongest, in the order of choose_rows: the first is a language's strongest sentence, and
  /// of those the one that is strongest over all languages.
  std::vector<ViewedSample> samples;
};

/// Reads what is needed of a scored result folder, and no more. Error(kUsage) if the SAE has no
/// such feature; Error(kBadInput) if the folder is not scored yet.
FeatureView view_feature(const ResultFolder& folder, const Manifest& manifest, std::int32_t feature,
                         std::int32_t n_samples);

/// The same for several features of a table at hand.
std::vector<FeatureView> view_features(const ResultFolder& folder, const Manifest& manifest,
                                       const ScoreTable& table,
                                       std::span<const std::int32_t> features,
                                       std::int32_t n_samples);

}  // namespace isogloss

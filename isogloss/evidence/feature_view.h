// One feature's numbers and its strongest sentences, for a terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/model/logit_effects.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

struct ViewedSegment {
  std::string text;  ///< whole characters
  float value = 0;   ///< largest activation on its tokens; 0 where the feature is silent
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

/// A token on which a feature peaks, as readable_piece() writes it, and its share of the peaks.
struct ViewedPeak {
  std::string token;
  double share = 0;
};

struct FeatureView {
  std::int32_t feature = 0;
  ScoreTable scores;  ///< scores of this feature alone: columns of length 1
  /// [n_languages] The most frequent come first; empty where the feature is silent or
  /// profile.parquet is missing.
  std::vector<std::vector<ViewedPeak>> peaks;
  std::optional<LogitEffects> vocabulary;  ///< if vocabulary.parquet has the feature
  /// What others say that it stands for; empty if the folder has no explanations.
  std::vector<Explanation> explanations;
  std::string neuronpedia_url;  ///< empty if the SAE has no page there
  /// The strongest samples, in the order of choose_rows: the first holds the strongest sentence of
  /// some language and, among such samples, is the strongest over all languages.
  std::vector<ViewedSample> samples;
};

/// Reads only what is needed from a scored result folder. Throws Error(kUsage) if the SAE has no
/// such feature, Error(kBadInput) if the folder is not scored yet.
FeatureView view_feature(const ResultFolder& folder, const Manifest& manifest, std::int32_t feature,
                         std::int32_t n_samples);

/// The same for several features of a score table that has been read already.
std::vector<FeatureView> view_features(const ResultFolder& folder, const Manifest& manifest,
                                       const ScoreTable& table,
                                       std::span<const std::int32_t> features,
                                       std::int32_t n_samples);

}  // namespace isogloss

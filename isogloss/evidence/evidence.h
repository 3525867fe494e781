// The evidence for a feature's rank: the sentences on which it fires, and the tokens.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/segments.h"

namespace isogloss {

/// The largest number of content tokens shown of a sentence; "…" stands for the rest.
inline constexpr std::int32_t kMaxShownTokens = 400;

/// A feature and the rows (dense indices of a Maxima) to show for it.
struct WantedEvidence {
  std::int32_t feature = 0;
  std::vector<std::int32_t> rows;
};

/// One sentence in one language that fires a feature.
struct EvidenceRow {
  std::int32_t sample = 0;
  float max = 0;                        ///< over all its tokens, shown or not
  std::vector<std::int32_t> positions;  ///< shown tokens that fire, ascending; 0 is the first id
  std::vector<float> values;            ///< activation at each of `positions`, > 0
};

struct FeatureEvidence {
  std::int32_t feature = 0;
  /// [n_languages], strongest first, ties by sample. A wanted sentence that is missing is silent.
  std::vector<std::vector<EvidenceRow>> by_language;
};

struct ShownSentence {
  std::string text;
  std::vector<Segment> segments;  ///< segments of the content tokens, from Evidence::first_position
};

struct ShownSample {
  std::int32_t sample = 0;
  std::string source;
  std::vector<ShownSentence> by_language;  ///< [n_languages]
};

struct Evidence {
  std::int32_t first_position = 0;  ///< position of a sentence's first content token: 1 after a BOS
  std::int32_t n_special = 0;       ///< special tokens per sentence
  std::vector<FeatureEvidence> features;  ///< as wanted
  std::vector<ShownSample> samples;       ///< all samples that `features` name, ascending
};

/// The best `n_by_rank` features by rank and the best `n_by_bi` by bi_rank, ascending; features
/// that never fire are left out.
std::vector<std::int32_t> choose_features(const ScoreTable& table, std::int32_t n_by_rank,
                                          std::int32_t n_by_bi);

/// [n_languages] The features specific to each language: those with the flag "one language" that
/// fire on more sentences in this language than in any other, and on at least kLeastSupport. Those
/// that fire on most come first, ties by number. All are empty without artefacts.
std::vector<std::vector<std::int32_t>> specific_features(const ScoreTable& table);

/// The rows that represent a feature, at most `max_rows`: those among the `n_a_language` strongest
/// of some language, ordered by their best rank in any language, then by activation relative to the
/// feature's maximum in each language, averaged over languages, then by row. The strongest
/// sentences of every language thus take turns, including those that speak against the feature.
std::vector<std::int32_t> choose_rows(const Maxima& maxima, std::int32_t feature,
                                      std::int32_t n_a_language, std::int32_t max_rows);

/// Reads the activations and texts of the wanted sentences only, some hundred samples at a time.
/// Memory is that of the result and one such chunk. Throws
/// Error(kBadInput) if the folder's files contradict each other, Error(kInterrupted) on a stop.
Evidence gather_evidence(const ResultFolder& folder, const Maxima& maxima,
                         std::span<const WantedEvidence> wanted, const RunControl& control);

}  // namespace isogloss

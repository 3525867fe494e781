// What a high score may be instead of meaning (docs/method.md, "Artefacts").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/numeric/optional_column.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"

namespace isogloss {

// Where a column becomes a flag. They are conventions, set where the artefact is the simplest
// account of the feature, and not tests: the columns beside the flags say how near it was.

/// Flagged if κ without shared words is less than this part of κ …
inline constexpr double kUnsharedPart = 0.5;
/// … where κ is at least this: of less there is nothing to explain, and its half is noise.
inline constexpr double kAgreementToExplain = 0.05;
/// |correlation| with length: a quarter of the variance of x.
inline constexpr double kLengthCorrelation = 0.5;
/// κ − κ among sentences of alike length: as much again as kAgreementToExplain, twice.
inline constexpr double kLengthLoss = 0.1;
/// Share of peaks in the first and last tenth; a fifth to a third lies there by chance, more in
/// shorter sentences.
inline constexpr double kEdgeShare = 0.6;
/// Share of peaks on punctuation, symbols, numbers and spaces: most of them.
inline constexpr double kPunctuationShare = 0.5;
/// E, plain or within strata: beyond a half, chance alone makes most of the overlap.
inline constexpr double kChanceOverlap = 0.5;
/// Sentences that fire in each language, and n_eff: under five, one sentence decides the score.
inline constexpr double kLeastSupport = 5;
/// Share of a language's activation mass on a single token: most of it.
inline constexpr double kTopTokenShare = 0.5;
/// The largest language's share of the firing rates: Inaba et al. (2025) call a feature of which
/// 90 % is in one language specific to it.
inline constexpr double kLanguageShare = 0.9;

enum class ArtefactFlag : std::size_t {
  kSharedTokens,
  kLength,
  kPosition,
  kPunctuation,
  kDense,
  kSupport,
  kOneToken,
  kLanguage,
};
inline constexpr std::size_t kNumArtefactFlags = 8;

struct ArtefactFlagInfo {
  const char* name;     ///< column
  const char* word;     ///< for a label
  const char* meaning;  ///< what is true of a flagged feature, without a full stop
  /// Sentences that are translations would agree as much if the feature meant nothing. Not so of
  /// one token, which may be a word and its translation, nor of one language, which is a finding.
  bool explains_agreement;
};

/// In the order of ArtefactFlag.
inline constexpr std::array<ArtefactFlagInfo, kNumArtefactFlags> kArtefactFlags = {{
    {"flag_shared_tokens", "shared words",
     "agreement halves without the words that stand in both sentences", true},
    {"flag_length", "length", "follows the length of the sentence", true},
    {"flag_position", "position", "peaks mostly in the first or last tenth of the sentence", true},
    {"flag_punctuation", "punctuation", "peaks mostly on punctuation, symbols, numbers or spaces",
     true},
    {"flag_dense", "dense", "fires so often that over half of it would overlap by chance", true},
    {"flag_support", "few sentences", "rests on fewer than five sentences in some language", true},
    {"flag_one_token", "one token", "one token carries most of the activation in some language",
     false},
    {"flag_language", "one language", "fires almost only in one language", false},
}};

/// Columns of length n_features, absent where the feature fires in no language. "Mean" is over the
/// languages in which it fires.
struct Artefacts {
  OptionalColumn shared_mass;  ///< mean share of the activation mass on shared words
  OptionalColumn agreement_unshared;
  OptionalColumn noise_ceiling;
  OptionalColumn agreement_length;
  OptionalColumn length_correlation;  ///< Pearson, of x_l (zeros included) with the tokens of the
                                      ///< sentence; mean over the languages where both vary
  OptionalColumn punctuation_share;   ///< mean share of peaks on punctuation, symbols, numbers
  OptionalColumn edge_share;          ///< mean share of peaks in the first or last tenth
  OptionalColumn density;             ///< largest share of sentences that fire in a language
  OptionalColumn top_token_share;     ///< largest over the languages where at least kLeastSupport
                                      ///< sentences fire: of fewer, one token always has most
  OptionalColumn language_share;      ///< the largest language's share of the firing rates
  std::vector<std::vector<std::string>> top_token;  ///< [n_languages][n_features] "" if silent
  std::vector<OptionalColumn> top_token_share_of;   ///< [n_languages]
  std::array<std::vector<std::uint8_t>, kNumArtefactFlags> flags;  ///< in the order of ArtefactFlag

  bool has(ArtefactFlag flag, std::int32_t feature) const {
    return flags[static_cast<std::size_t>(flag)][static_cast<std::size_t>(feature)] != 0;
  }
  /// Some flag of `feature` explains its agreement.
  bool explain_agreement(std::int32_t feature) const {
    for (std::size_t flag = 0; flag < kNumArtefactFlags; ++flag) {
      if (kArtefactFlags[flag].explains_agreement &&
          has(static_cast<ArtefactFlag>(flag), feature)) {
        return true;
      }
    }
    return false;
  }
};

/// Scores the flags need, [n_features] each, as in ScoreTable.
struct ScoredColumns {
  std::span<const std::optional<double>> agreement;         ///< κ, plain and signed
  std::span<const std::optional<double>> overlap_expected;  ///< E
  std::span<const std::optional<double>> overlap_expected_stratified;
  std::span<const std::optional<double>> n_eff;
};

/// All features, on all cores; no result depends on the threads. O(k) in the non-zeros.
Artefacts find_artefacts(const Maxima& maxima, const RowTraits& traits,
                         const FeatureProfiles& profiles, const ScoredColumns& scores);

/// Calls visit(name, column) for each column, flags last. `Table` is Artefacts or const Artefacts;
/// the columns' elements are optional<double> and, of flags, uint8_t. The top tokens of languages
/// are left out.
template <class Table, class Visit>
void visit_artefact_columns(Table& table, const Visit& visit) {
  visit("shared_mass", table.shared_mass);
  visit("agreement_unshared", table.agreement_unshared);
  visit("noise_ceiling", table.noise_ceiling);
  visit("agreement_length", table.agreement_length);
  visit("length_correlation", table.length_correlation);
  visit("punctuation_share", table.punctuation_share);
  visit("edge_share", table.edge_share);
  visit("density", table.density);
  visit("top_token_share", table.top_token_share);
  visit("language_share", table.language_share);
  for (std::size_t flag = 0; flag < kNumArtefactFlags; ++flag) {
    visit(kArtefactFlags[flag].name, table.flags[flag]);
  }
}

}  // namespace isogloss

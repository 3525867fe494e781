// Flags: what a high score may be instead of meaning (docs/method.md §7, "Artefacts").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

struct Artefacts;

/// Scores that flags look at, [n_features] each, as in ScoreTable.
struct ScoredColumns {
  std::span<const std::optional<double>> agreement;         ///< κ, plain and signed
  std::span<const std::optional<double>> overlap_expected;  ///< E
  std::span<const std::optional<double>> overlap_expected_stratified;
  std::span<const std::optional<double>> n_eff;
};

/// One feature that fires in some language, as flags see it.
struct FlagInput {
  const Artefacts& artefacts;  ///< all columns but the flags are filled
  const ScoredColumns& scores;
  std::size_t feature;
  std::int64_t
      fewest_sentences;  ///< that fire it, in the language, of those that do, where fewest do
};

/// What a flag does not say of every feature equally.
struct FlagDetail {
  std::size_t language;
  std::string token = {};  ///< as the vocabulary spells it; empty: the flag is not of one token
  double share = 0;        ///< of the activation in that language, on the token
};

/// A flag is declared once, in a file of its own in flags/; a row of flags.inc lists it. Files,
/// page, terminal and validation read the definition.
///
/// Where a column becomes a flag is a convention, set where the artefact is the simplest account of
/// the feature, and not a test: the columns beside the flag say how near it was.
struct FlagDefinition {
  std::string_view name;     ///< column
  std::string_view word;     ///< for a label
  std::string_view meaning;  ///< what is true of a flagged feature, without a full stop
  /// Sentences that are translations would agree as much if the feature meant nothing.
  bool explains_agreement = false;
  /// Columns that show why the flag was raised, separated by spaces.
  std::string_view numbers;
  bool (*raised)(const FlagInput& input);
  /// Optional. `active` is ScoreTable::active: [n_languages][n_features] sentences that fire.
  /// nullopt where nothing is known.
  std::optional<FlagDetail> (*detail)(const Artefacts& artefacts,
                                      std::span<const std::vector<std::int32_t>> active,
                                      std::size_t feature) = nullptr;
};

/// All flags, in the order of their columns.
std::span<const FlagDefinition* const> flags();

namespace flag {
#define ISOGLOSS_FLAG(name) extern const FlagDefinition name;
#include "isogloss/score/artefacts/flags.inc"
#undef ISOGLOSS_FLAG
}  // namespace flag

}  // namespace isogloss

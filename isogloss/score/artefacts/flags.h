// Flags: what may explain a high score other than meaning (docs/method.md, "Artefacts").
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

/// The scores that flags look at, as in ScoreTable; [n_features] each.
struct ScoredColumns {
  std::span<const std::optional<double>> agreement;         ///< κ, plain and signed
  std::span<const std::optional<double>> overlap_expected;  ///< E
  std::span<const std::optional<double>> overlap_expected_stratified;
  std::span<const std::optional<double>> n_eff;
};

/// What a flag sees of one feature that fires in at least one language.
struct FlagInput {
  const Artefacts& artefacts;  ///< all columns except the flags are filled
  const ScoredColumns& scores;
  std::size_t feature;
  std::int64_t fewest_sentences;  ///< the smallest number of sentences on which it fires, over the
                                  ///< languages in which it fires
};

/// What a flag says of one feature in particular.
struct FlagDetail {
  std::size_t language;
  /// As the vocabulary spells it; empty if the flag is not about one token.
  std::string token = {};
  double share = 0;  ///< the token's share of the activation in that language
};

/// A flag is declared once, in a file of its own in flags/; a row of flags.inc lists it. Files,
/// page, terminal and validation read the definition.
///
/// The threshold at which a column becomes a flag is a convention, not a test: it lies where the
/// artefact is the simplest account of the feature. The columns beside the flag say how near it
/// was.
struct FlagDefinition {
  std::string_view name;     ///< column
  std::string_view word;     ///< for a label
  std::string_view meaning;  ///< what is true of a flagged feature, without a full stop
  /// True if translations would agree as much even if the feature meant nothing.
  bool explains_agreement = false;
  /// Columns that show why the flag was raised, separated by spaces.
  std::string_view numbers;
  bool (*raised)(const FlagInput& input);
  /// Optional. `active` is ScoreTable::active: [n_languages][n_features] sentences that fire.
  /// Returns nullopt where nothing is known.
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

// Agreement as a simpler account would have it: without copied words, between halves of a sentence,
// among sentences of similar length.
#pragma once

#include <span>

#include "isogloss/core/progress.h"
#include "isogloss/numeric/optional_column.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"

namespace isogloss {

struct Strata;

/// Columns of length n_features. They follow from the activations alone: no scoring option changes
/// them.
struct AgreementControls {
  /// κ (docs/method.md §4) of the maxima over tokens outside shared words, mean over the language
  /// pairs in which the feature fires. A pair that loses its κ with the shared words counts as 0:
  /// nothing is left of its agreement. Absent if no pair has a κ.
  OptionalColumn agreement_unshared;
  /// κ within one language, between the maxima over the even and over the odd content tokens of a
  /// sentence, mean over the languages that have one: what two looks at the same sentence agree on.
  OptionalColumn noise_ceiling;
  /// κ within strata of length alone, documents aside, mean over the language pairs that have one.
  OptionalColumn agreement_length;
};

/// `by_length` are the strata of NullModel::kLength. All features, on all cores; no result depends
/// on the threads. O(k log k) a feature.
AgreementControls agreement_controls(const Maxima& maxima, std::span<const PartMaxima> parts,
                                     const Strata& by_length, const RunControl& control);

/// agreement_controls.parquet: a row a feature.
void write_agreement_controls(const ResultFolder& folder, const AgreementControls& scores);
/// nullopt if there is none, or one of another version or number of features. Error(kBadInput) if
/// it cannot be read.
std::optional<AgreementControls> read_agreement_controls(const ResultFolder& folder,
                                                         std::int32_t n_features);

struct FeatureProfiles {
  TokenProfile tokens;
  AgreementControls parts;
};

/// The folder's profile.parquet and agreement_controls.parquet; nullopt if one is missing or
/// outdated. Error(kBadInput) if one cannot be read.
std::optional<FeatureProfiles> read_profiles(const ResultFolder& folder, std::int32_t n_features,
                                             std::int32_t n_rows,
                                             const std::vector<std::string>& languages);

/// Computes and writes both, which reads the activations. `maxima` and `traits` are the folder's.
FeatureProfiles profile_features(const ResultFolder& folder, const Maxima& maxima,
                                 const RowTraits& traits, const RunControl& control);

}  // namespace isogloss

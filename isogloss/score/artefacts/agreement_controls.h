// Agreement under controls for simpler accounts: without copied words, between halves of a
// sentence, and among sentences of similar length.
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
  /// κ (docs/method.md §4) of the maxima over tokens outside shared words, averaged over the
  /// language pairs in which the feature fires. A pair whose κ is lost when shared words are left
  /// out counts as 0: nothing is left of its agreement. Absent if no pair has a κ.
  OptionalColumn agreement_unshared;
  /// κ within one language, between the maxima over the even and over the odd content tokens of a
  /// sentence, averaged over the languages that have one: how far two looks at the same sentence
  /// agree.
  OptionalColumn noise_ceiling;
  /// κ within strata of length alone, ignoring documents, averaged over the language pairs that
  /// have one.
  OptionalColumn agreement_length;
};

/// `by_length` are the strata of NullModel::kLength. Computes all features on all cores; no result
/// depends on the threads. Costs O(k log k) per feature.
AgreementControls agreement_controls(const Maxima& maxima, std::span<const PartMaxima> parts,
                                     const Strata& by_length, const RunControl& control);

/// Writes agreement_controls.parquet, one row per feature.
void write_agreement_controls(const ResultFolder& folder, const AgreementControls& scores);
/// Returns nullopt if the file is missing or has another version or number of features. Throws
/// Error(kBadInput) if it cannot be read.
std::optional<AgreementControls> read_agreement_controls(const ResultFolder& folder,
                                                         std::int32_t n_features);

struct FeatureProfiles {
  TokenProfile tokens;
  AgreementControls parts;
};

/// Reads the folder's profile.parquet and agreement_controls.parquet; nullopt if one is missing or
/// outdated. Throws Error(kBadInput) if one cannot be read.
std::optional<FeatureProfiles> read_profiles(const ResultFolder& folder, std::int32_t n_features,
                                             std::int32_t n_rows,
                                             const std::vector<std::string>& languages);

/// Computes and writes both files from the activations. `maxima` and `traits` are the folder's.
FeatureProfiles profile_features(const ResultFolder& folder, const Maxima& maxima,
                                 const RowTraits& traits, const RunControl& control);

}  // namespace isogloss

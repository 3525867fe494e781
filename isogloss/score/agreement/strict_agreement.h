// One κ for any number of languages, from the mass that all of them put on the same sentences.
#pragma once

#include <optional>
#include <span>

#include "isogloss/score/agreement/prepared_column.h"

namespace isogloss {

/// The strict form (docs/method.md §4) of L languages, p_l = x_l/Σx_l:
///   M_L = Σ_s min_l p_l[s];  E_L = n ∫₀^∞ Π_l S_l(t) dt, S_l(t) the share of rows with p_l > t;
///   within strata E_L = Σ_g n_g ∫₀^∞ Π_l S_{l,g}(t) dt;  κ_L = (M_L − E_L)/(1 − E_L).
/// For L = 2 these are the pair's M, E and κ. If a language is silent, nothing is defined: both κ
/// are absent and the numbers are 0.
struct StrictAgreement {
  double overlap = 0;
  double overlap_expected = 0;
  double overlap_expected_stratified = 0;
  std::optional<double> agreement_raw;  ///< absent if a language is silent or E = 1
  std::optional<double> agreement_stratified_raw;
};

/// `columns`: one per language, at least one, prepared with `strata`. Costs O(k·L), with k all
/// their non-zeros together. Thread-safe.
StrictAgreement strict_agreement(std::span<const PreparedColumn> columns, const Strata& strata);

}  // namespace isogloss

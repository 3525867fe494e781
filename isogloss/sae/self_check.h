// Does this SAE belong to these activations?
#pragma once

#include <span>
#include <string>

#include "isogloss/sae/encode.h"

namespace isogloss {

struct SelfCheck {
  std::int64_t n_tokens = 0;
  /// Σ‖y − ŷ‖² / Σ‖y − mean(y)‖², the fraction of variance unexplained of what the SAE predicts:
  /// its input, or what a transcoder's other hook holds. NaN if that is not known.
  double fvu = 0;
  double l0 = 0;          ///< mean number of active features per token
  double dead_share = 0;  ///< share of features silent on all of these tokens
};

/// x is row-major [n_rows, d_in], n_rows >= 2; `activations` its encoding by `sae`; `target` is
/// what `sae` predicts of it [n_rows, d_out], x itself unless the SAE is a transcoder, or empty if
/// it is not known.
SelfCheck self_check(const Sae& sae, std::span<const float> x, std::span<const float> target,
                     const SparseRows& activations);

/// One line with the likely cause (wrong layer, wrong model, wrong normalisation) if FVU > 1 or not
/// finite, L0 = 0 or L0 = n_features, which cannot be right; else empty. A transcoder's FVU may be
/// unknown.
std::string self_check_failure(const SelfCheck& check, const Sae& sae);

/// One line if the check's L0 is over three times the one that the SAE's maker gives, or under a
/// third of it; else empty, and if `expected_l0` is 0, that is not known.
std::string l0_remark(const SelfCheck& check, double expected_l0);

}  // namespace isogloss

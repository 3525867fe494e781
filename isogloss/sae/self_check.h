// Does this SAE belong to these activations?
#pragma once

#include <span>
#include <string>

#include "isogloss/sae/encode.h"

namespace isogloss {

struct SelfCheck {
  std::int64_t n_tokens = 0;
  double fvu = 0;  ///< Σ‖x − x̂‖² / Σ‖x − mean(x)‖², fraction of variance unexplained
  double l0 = 0;          ///< mean number of active features per token
  double dead_share = 0;  ///< share of features silent on all of these tokens
};

/// x is row-major [n_rows, d_in], n_rows >= 2; `activations` its encoding by `sae`.
SelfCheck self_check(const Sae& sae, std::span<const float> x, const SparseRows& activations);

/// One line with the likely cause (wrong layer, wrong model, wrong normalisation) if FVU > 1 or not
/// finite, L0 = 0 or L0 = n_features, which cannot be right; else empty.
std::string self_check_failure(const SelfCheck& check, const Sae& sae);

}  // namespace isogloss

// Token-level sums of one language, from which rates and means per token are computed.
#pragma once

#include <cstdint>
#include <vector>

namespace isogloss {

/// Columns of length n_features. Content tokens only.
struct TokenTotals {
  std::int64_t n_tokens = 0;
  std::vector<std::int64_t> firing;  ///< tokens with a > 0
  std::vector<double> mass;          ///< Σ_t a
};

}  // namespace isogloss

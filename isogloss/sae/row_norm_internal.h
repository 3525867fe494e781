// The runtime normalisations of SAELens, as factors of one row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/sae/sae.h"

namespace isogloss {

/// Into the SAE's space: (x − shift) / divide; back out: y · multiply + shift.
struct RowNorm {
  double shift = 0;
  double divide = 1;
  double multiply = 1;
};

/// Measures one row of x. Throws Error(kBadInput) naming `row_index` when the row holds NaN or
/// infinity, or is all zero under kConstantNormRescale.
RowNorm measure_row(SaeNormalization normalization, std::span<const float> row,
                    std::int64_t row_index);

/// Number of rows in x [n_rows, d_in]. Throws Error(kBadInput) if x is not made of whole rows.
std::int64_t count_rows(std::span<const float> x, std::int32_t d_in);

/// ‖W_dec[f]‖ for every feature if the SAE rescales by it, else empty.
std::vector<float> rescaling_norms(const Sae& sae);

}  // namespace isogloss

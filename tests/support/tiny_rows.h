// Rows put together again from the features of the SAE that write_tiny_sae() writes.
#pragma once

#include <vector>

#include "isogloss/sae/encode.h"

namespace isogloss::test {

/// [width] The input of row `row`: feature i is the positive part of direction i, feature
/// width + i the negative part.
inline std::vector<float> decoded_row(const SparseRows& rows, std::size_t row, std::size_t width) {
  std::vector<float> dense(width);
  for (auto i = rows.offsets[row]; i < rows.offsets[row + 1]; ++i) {
    const auto feature = static_cast<std::size_t>(rows.features[static_cast<std::size_t>(i)]);
    const float sign = feature < width ? 1.0F : -1.0F;
    dense[feature % width] += sign * rows.values[static_cast<std::size_t>(i)];
  }
  return dense;
}

}  // namespace isogloss::test

// Matrices out of an SAE's weights file, whichever way round they lie there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "isogloss/sae/tensor_file.h"

namespace isogloss {

struct MatrixSizes {
  std::int32_t rows = 0;
  std::int32_t columns = 0;
};

/// Throws Error(kBadInput) unless the tensor is there and is a matrix with elements. `meaning` says
/// what its axes are: "[d_in, n_features]".
MatrixSizes matrix_sizes(const WeightReader& reader, std::string_view name,
                         std::string_view meaning);

/// [rows, columns] of a tensor that lies in the file as [columns, rows].
std::vector<float> take_transposed(WeightReader& reader, std::string_view name, std::int32_t rows,
                                   std::int32_t columns);

/// The Euclidean length of every row of a matrix with rows of `width`.
std::vector<float> row_lengths(std::span<const float> matrix, std::size_t width);

}  // namespace isogloss

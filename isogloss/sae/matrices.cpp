#include "isogloss/sae/matrices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "isogloss/core/error.h"

namespace isogloss {

MatrixSizes matrix_sizes(const WeightReader& reader, std::string_view name,
                         std::string_view meaning) {
  const auto& tensor = reader.info(name);
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  if (tensor.shape.size() != 2 || tensor.n_elements == 0 || tensor.shape[0] > kMost ||
      tensor.shape[1] > kMost) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: tensor {} has shape {}, wanted is {}; is it an SAE's weights file?",
                    reader.path(), tensor.name, shape_text(tensor.shape), meaning));
  }
  return {static_cast<std::int32_t>(tensor.shape[0]), static_cast<std::int32_t>(tensor.shape[1])};
}

std::vector<float> take_transposed(WeightReader& reader, std::string_view name, std::int32_t rows,
                                   std::int32_t columns) {
  const auto source = reader.take(name, {columns, rows});
  std::vector<float> result(source.size());
  const auto n_rows = static_cast<std::size_t>(rows);
  const auto n_columns = static_cast<std::size_t>(columns);
  // A few columns at a time, so that what is read stays in the cache while it is written.
  constexpr std::size_t kColumnsPerPass = 16;
  for (std::size_t first = 0; first < n_columns; first += kColumnsPerPass) {
    const auto last = std::min(first + kColumnsPerPass, n_columns);
    for (std::size_t r = 0; r < n_rows; ++r) {
      for (auto c = first; c < last; ++c) result[r * n_columns + c] = source[c * n_rows + r];
    }
  }
  return result;
}

std::vector<float> row_lengths(std::span<const float> matrix, std::size_t width) {
  std::vector<float> lengths(matrix.size() / width);
  for (std::size_t r = 0; r < lengths.size(); ++r) {
    double sum = 0;
    for (const double value : matrix.subspan(r * width, width)) sum += value * value;
    lengths[r] = static_cast<float>(std::sqrt(sum));
  }
  return lengths;
}

}  // namespace isogloss

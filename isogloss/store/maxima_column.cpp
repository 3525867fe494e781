// Apart from what reads files: scores of arrays in memory need no Parquet (python/extension).
#include "isogloss/store/maxima.h"

namespace isogloss {

SparseColumn Maxima::column(std::int32_t language, std::int32_t feature) const {
  const auto& maxima = by_language[static_cast<std::size_t>(language)];
  const auto begin = static_cast<std::size_t>(maxima.offsets[static_cast<std::size_t>(feature)]);
  const auto end = static_cast<std::size_t>(maxima.offsets[static_cast<std::size_t>(feature) + 1]);
  const auto slice = [&](const auto& values) {
    return std::span(values).subspan(begin, end - begin);
  };
  return {slice(maxima.rows), slice(maxima.values), slice(maxima.positions)};
}

}  // namespace isogloss

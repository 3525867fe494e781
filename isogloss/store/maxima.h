// x_l[s, f] = max over content tokens of a[s, l, t, f], stored sparsely, feature by feature.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/layout.h"

namespace isogloss {

/// One feature in one language: the sentences on which it fires. Holds views into a Maxima.
struct SparseColumn {
  std::span<const std::int32_t> rows;       ///< dense row index 0 … n_rows−1, ascending
  std::span<const float> values;            ///< > 0
  std::span<const std::int32_t> positions;  ///< where the maximum is reached

  std::size_t size() const { return rows.size(); }
};

/// Column-compressed maxima of one language.
struct LanguageMaxima {
  std::vector<std::int64_t> offsets;  ///< [n_features + 1]
  std::vector<std::int32_t> rows;
  std::vector<float> values;
  std::vector<std::int32_t> positions;
};

struct Maxima {
  std::int32_t n_features = 0;
  std::vector<std::int32_t> samples;   ///< [n_rows] sample id of each dense row, ascending
  std::vector<std::string> languages;  ///< [n_languages]
  std::vector<LanguageMaxima> by_language;

  std::int32_t n_rows() const { return static_cast<std::int32_t>(samples.size()); }
  std::int32_t n_languages() const { return static_cast<std::int32_t>(languages.size()); }
  SparseColumn column(std::int32_t language, std::int32_t feature) const;
};

/// Reads all maxima shards of a finished extraction. Memory is that of the result (12 bytes per
/// entry) plus one row group.
Maxima read_maxima(const ResultFolder& folder, std::int32_t n_features,
                   std::span<const std::string> languages);

/// The same for some features only (at least one). Skips row groups that hold none of them. The
/// result has n_features = the largest + 1 and empty columns for the others.
Maxima read_maxima_of(const ResultFolder& folder, std::span<const std::int32_t> features,
                      std::span<const std::string> languages);

}  // namespace isogloss

// The length and the document of each corpus row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/layout.h"

namespace isogloss {

/// What is known of each row besides its activations. Rows are as in Maxima: dense, ascending by
/// sample.
struct RowTraits {
  /// [n_languages][n_rows] ids, specials included.
  std::vector<std::vector<std::int32_t>> n_tokens;
  /// [n_rows] 0 … in order of appearance; empty if none is named.
  std::vector<std::int32_t> document;
  std::int32_t n_rows() const {
    return n_tokens.empty() ? 0 : static_cast<std::int32_t>(n_tokens.front().size());
  }
};

/// Reads sequences.parquet: two columns and the lengths of a third, row group by row group. Rows
/// without a document form one document together if other rows have one. Throws Error(kBadInput) if
/// the languages' samples differ.
RowTraits read_row_traits(const ResultFolder& folder, std::span<const std::string> languages);

}  // namespace isogloss

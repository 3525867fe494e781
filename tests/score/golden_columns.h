// Features of tests/golden/permutation.json.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "isogloss/score/strata/strata.h"
#include "tests/score/maxima_builder.h"

namespace isogloss::testing {

/// Of "x" [n_languages][n_rows].
inline std::vector<DenseColumn> dense_columns(const nlohmann::json& x) {
  return x.get<std::vector<DenseColumn>>();
}

/// One feature as a table.
inline Maxima maxima_of(const std::vector<std::vector<DenseColumn>>& features) {
  const auto n_rows = static_cast<std::int32_t>(features[0][0].size());
  return make_maxima(std::vector<std::string>(features[0].size(), "xx"), n_rows, features);
}

inline Strata strata_of(const std::vector<std::int32_t>& of_row) {
  Strata strata{of_row, {}};
  strata.size.resize(static_cast<std::size_t>(*std::max_element(of_row.begin(), of_row.end())) + 1);
  for (const auto g : of_row) ++strata.size[static_cast<std::size_t>(g)];
  return strata;
}

/// Entries of the file whose name begins with `prefix`.
template <class Visit>
void for_each_golden(const nlohmann::json& file, const std::string& prefix, Visit&& visit) {
  for (const auto& [name, entry] : file.items()) {
    if (name.starts_with(prefix)) visit(name, entry);
  }
}

}  // namespace isogloss::testing

// The measures of columns as functions of dense columns, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/score/measures/measures.h"
#include "tests/score/maxima_builder.h"

namespace isogloss::testing {

inline std::optional<double> value_of(const MeasureDefinition& measure,
                                      const std::vector<DenseColumn>& columns) {
  const std::vector<OwnedColumn> owned(columns.begin(), columns.end());
  std::vector<SparseColumn> views;
  for (const auto& column : owned) views.push_back(column.view());
  return measure.of_sentences(views, static_cast<std::int32_t>(columns[0].size()));
}

inline std::vector<const MeasureDefinition*> sentence_measures() {
  std::vector<const MeasureDefinition*> result;
  for (const auto* definition : measures()) {
    if (!definition->uses_tokens()) result.push_back(definition);
  }
  return result;
}

}  // namespace isogloss::testing

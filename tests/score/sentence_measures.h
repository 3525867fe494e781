// The measures of columns as functions of dense columns, by name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/score/measures/formulas.h"
#include "tests/score/maxima_builder.h"

namespace isogloss::testing {

using Formula = std::optional<double> (*)(std::span<const SparseColumn>, std::int32_t);

inline std::optional<double> value_of(Formula measure, const std::vector<DenseColumn>& columns) {
  const std::vector<OwnedColumn> owned(columns.begin(), columns.end());
  std::vector<SparseColumn> views;
  for (const auto& column : owned) views.push_back(column.view());
  return measure(views, static_cast<std::int32_t>(columns[0].size()));
}

struct NamedFormula {
  const char* name;
  Formula formula;
};

inline const std::vector<NamedFormula> kSentenceMeasures = {
    {"jaccard", jaccard}, {"jaccard_adjusted", jaccard_adjusted},
    {"phi", phi},         {"spearman", spearman},
    {"auroc", auroc},     {"cosine", cosine},
    {"fleiss", fleiss},   {"icc", icc},
    {"lape", lape},
};

}  // namespace isogloss::testing

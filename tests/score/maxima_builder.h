// Small maxima tables for tests of statistics and scores.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss::testing {

/// x[row] for one feature in one language; 0 is silent.
using DenseColumn = std::vector<float>;

/// One language's column with storage of its own.
struct OwnedColumn {
  std::vector<std::int32_t> rows;
  std::vector<float> values;
  std::vector<std::int32_t> positions;

  explicit OwnedColumn(const DenseColumn& dense) {
    for (std::size_t row = 0; row < dense.size(); ++row) {
      if (dense[row] == 0) continue;
      rows.push_back(static_cast<std::int32_t>(row));
      values.push_back(dense[row]);
      positions.push_back(1);
    }
  }
  SparseColumn view() const { return {rows, values, positions}; }
};

/// features[f][l][row], the same numbers of languages and rows everywhere.
inline Maxima make_maxima(const std::vector<std::string>& languages, std::int32_t n_rows,
                          const std::vector<std::vector<DenseColumn>>& features) {
  Maxima maxima;
  maxima.n_features = static_cast<std::int32_t>(features.size());
  for (std::int32_t row = 0; row < n_rows; ++row) maxima.samples.push_back(row);
  maxima.languages = languages;
  for (std::size_t l = 0; l < languages.size(); ++l) {
    LanguageMaxima language;
    language.offsets.push_back(0);
    for (const auto& feature : features) {
      const OwnedColumn column(feature[l]);
      language.rows.insert(language.rows.end(), column.rows.begin(), column.rows.end());
      language.values.insert(language.values.end(), column.values.begin(), column.values.end());
      language.offsets.push_back(static_cast<std::int64_t>(language.rows.size()));
    }
    language.positions.assign(language.rows.size(), 1);
    maxima.by_language.push_back(std::move(language));
  }
  return maxima;
}

/// Each row fires with probability `density`; strengths are log-normal.
inline DenseColumn random_column(std::mt19937& random, std::int32_t n_rows, double density,
                                 double strength = 1) {
  std::bernoulli_distribution fires(density);
  std::lognormal_distribution<double> value(0, 1);
  DenseColumn column(static_cast<std::size_t>(n_rows));
  for (auto& x : column) x = fires(random) ? static_cast<float>(strength * value(random)) : 0;
  return column;
}

}  // namespace isogloss::testing

// The definitions of overlap and expectation, every pairing of rows visited.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "isogloss/score/strata/strata.h"
#include "tests/score/maxima_builder.h"

namespace isogloss::testing {

inline std::vector<long double> shares(const DenseColumn& column) {
  const auto sum = std::accumulate(column.begin(), column.end(), 0.0L);
  std::vector<long double> result;
  for (const float x : column) result.push_back(x / sum);
  return result;
}

/// Of one column a language, none silent; n^L steps for n rows and L languages.
struct AgreementOracle {
  long double overlap = 0;
  long double expected = 0;
  long double expected_stratified = 0;

  AgreementOracle(const std::vector<DenseColumn>& columns, const Strata& strata) : strata_(strata) {
    for (const auto& column : columns) shares_.push_back(shares(column));
    for (std::size_t row = 0; row < shares_.front().size(); ++row) {
      long double smallest = 1;
      for (const auto& of_language : shares_) smallest = std::min(smallest, of_language[row]);
      overlap += smallest;
      visit(1, shares_.front()[row], strata.of_row[row], true);
    }
  }

  long double kappa() const { return (overlap - expected) / (1 - expected); }
  long double agreement_stratified_raw() const {
    return (overlap - expected_stratified) / (1 - expected_stratified);
  }

 private:
  /// Rows of the languages before `language` are chosen: their smallest share, the first one's
  /// stratum, and whether all are of it.
  void visit(std::size_t language, long double smallest, std::int32_t stratum, bool together) {
    if (language == shares_.size()) {
      const auto others = static_cast<long double>(language - 1);
      expected += smallest / std::pow(static_cast<long double>(strata_.n_rows()), others);
      const auto size = strata_.size[static_cast<std::size_t>(stratum)];
      if (together) expected_stratified += smallest / std::pow<long double>(size, others);
      return;
    }
    for (std::size_t row = 0; row < shares_[language].size(); ++row) {
      visit(language + 1, std::min(smallest, shares_[language][row]), stratum,
            together && strata_.of_row[row] == stratum);
    }
  }

  const Strata& strata_;
  std::vector<std::vector<long double>> shares_;
};

}  // namespace isogloss::testing

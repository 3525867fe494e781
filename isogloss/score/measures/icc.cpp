// ICC(C,1): McGraw & Wong, "Forming inferences about some intraclass correlation coefficients",
// Psychological Methods 1 (1996); ICC(3,1) of Shrout & Fleiss, "Intraclass correlations",
// Psychological Bulletin 86 (1979). In the two-way table of n rows × L languages
//   (MS_R − MS_E)/(MS_R + (L − 1)·MS_E)
// with MS_R the mean square between rows and MS_E the residual one. As MS_R = v + (L − 1)·c and
// MS_E = v − c, with v the mean variance of the languages and c the mean covariance of their pairs,
// it is c/v, for which only rows that fire need a visit.
// All languages take part, silent ones too. Absent if x is constant in every language.
#include <numeric>
#include <utility>
#include <vector>

#include "isogloss/score/measures/definition.h"

namespace isogloss {
namespace {

/// A column and its mean over all rows, zeros included.
struct Centred {
  SparseColumn column;
  double n;
  double mean;

  Centred(const SparseColumn& x, std::int32_t n_rows)
      : column(x),
        n(n_rows),
        mean(std::accumulate(x.values.begin(), x.values.end(), 0.0) / n_rows) {}
};

// Deviations are squared and multiplied, never x itself or sums of it, so that nothing cancels for
// a feature that fires everywhere with little variation.

/// n − 1 times the variance.
double scatter(const Centred& x) {
  double sum = (x.n - static_cast<double>(x.column.size())) * x.mean * x.mean;
  for (const double value : x.column.values) sum += (value - x.mean) * (value - x.mean);
  return sum;
}

/// n − 1 times the covariance: first the rows on which either fires, then all others at once.
double co_scatter(const Centred& x, const Centred& y) {
  const auto& [rows_x, values_x] = std::pair(x.column.rows, x.column.values);
  const auto& [rows_y, values_y] = std::pair(y.column.rows, y.column.values);
  double sum = 0;
  double n_either = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows_x.size() || j < rows_y.size()) {
    const bool fires_x = i < rows_x.size() && (j == rows_y.size() || rows_x[i] <= rows_y[j]);
    const bool fires_y = j < rows_y.size() && (i == rows_x.size() || rows_y[j] <= rows_x[i]);
    sum += ((fires_x ? values_x[i] : 0) - x.mean) * ((fires_y ? values_y[j] : 0) - y.mean);
    ++n_either;
    i += fires_x;
    j += fires_y;
  }
  return sum + (x.n - n_either) * x.mean * y.mean;
}

std::optional<double> icc_of(std::span<const SparseColumn> columns, std::int32_t n_rows) {
  std::vector<Centred> languages;
  languages.reserve(columns.size());
  for (const auto& column : columns) languages.emplace_back(column, n_rows);
  double variance = 0;
  double covariance = 0;
  for (std::size_t l = 0; l < languages.size(); ++l) {
    variance += scatter(languages[l]);
    for (std::size_t m = l + 1; m < languages.size(); ++m) {
      covariance += co_scatter(languages[l], languages[m]);
    }
  }
  if (variance == 0) return std::nullopt;
  return 2 * covariance / (variance * (static_cast<double>(columns.size()) - 1));
}

}  // namespace

constinit const MeasureDefinition measure::icc = {
    .name = "icc",
    .description = "ICC(C,1), consistency of sentence maxima over languages",
    .source = "McGraw & Wong 1996; Shrout & Fleiss 1979",
    .is_weight = true,
    .chance_is_zero = true,
    .of_sentences = icc_of,
};

}  // namespace isogloss

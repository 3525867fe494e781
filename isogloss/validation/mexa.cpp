#include "isogloss/validation/mexa.h"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace isogloss {
namespace {

constexpr double kTie = 1e-9;

struct Entry {
  std::size_t place;  ///< in the order of features
  double value;       ///< weighted
};

using SentenceVectors = std::vector<std::vector<Entry>>;  ///< [n_rows], places ascending

double weight_of(const FeatureOrder& order, std::size_t place) {
  return order.weights.empty() ? 1 : order.weights[place];
}

SentenceVectors sentence_vectors(const Maxima& maxima, std::int32_t language,
                                 const FeatureOrder& order, std::size_t n_places) {
  SentenceVectors vectors(static_cast<std::size_t>(maxima.n_rows()));
  for (std::size_t place = 0; place < n_places; ++place) {
    const double weight = weight_of(order, place);
    if (weight == 0) continue;
    const auto column = maxima.column(language, order.features[place]);
    for (std::size_t i = 0; i < column.size(); ++i) {
      vectors[static_cast<std::size_t>(column.rows[i])].push_back(
          {place, weight * column.values[i]});
    }
  }
  return vectors;
}

/// 1/|vector| over the first `count` places, 0 if it is empty; [counts][n_rows].
std::vector<std::vector<double>> inverse_norms(const SentenceVectors& vectors,
                                               std::span<const std::size_t> counts) {
  std::vector<std::vector<double>> result(counts.size(), std::vector<double>(vectors.size()));
  for (std::size_t row = 0; row < vectors.size(); ++row) {
    double squares = 0;
    std::size_t next = 0;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      for (; next < vectors[row].size() && vectors[row][next].place < counts[c]; ++next) {
        squares += vectors[row][next].value * vectors[row][next].value;
      }
      result[c][row] = squares > 0 ? 1 / std::sqrt(squares) : 0;
    }
  }
  return result;
}

/// The cosines for one count, as far as the accuracy needs them.
struct Matches {
  std::vector<double> own;        ///< [n_rows] c_ii
  std::vector<double> row_rival;  ///< [n_rows] max over j ≠ i of c_ij
};

class Retrieval {
 public:
  Retrieval(const Maxima& maxima, std::int32_t l, std::int32_t m, const FeatureOrder& order,
            std::span<const std::size_t> counts)
      : maxima_(maxima),
        m_(m),
        order_(order),
        counts_(counts),
        queries_(sentence_vectors(maxima, l, order, counts.back())),
        norms_l_(inverse_norms(queries_, counts)),
        norms_m_(inverse_norms(sentence_vectors(maxima, m, order, counts.back()), counts)) {
    const Matches none{std::vector<double>(queries_.size()), std::vector<double>(queries_.size())};
    matches_.assign(counts.size(), none);
  }

  std::vector<double> accuracies() {
    using Rivals = std::vector<std::vector<double>>;  // [counts][n_rows] max over j ≠ i of c_ji
    const auto n_rows = queries_.size();
    tbb::enumerable_thread_specific<Rivals> column_rivals(
        [&] { return Rivals(counts_.size(), std::vector<double>(n_rows, 0.0)); });
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n_rows), [&](const auto& rows) {
      std::vector<double> products(n_rows);
      for (auto row = rows.begin(); row < rows.end(); ++row) {
        match_row(row, products, column_rivals.local());
      }
    });
    std::vector<double> result;
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      auto rival = matches_[c].row_rival;
      for (const auto& rivals : column_rivals) {
        for (std::size_t i = 0; i < n_rows; ++i) rival[i] = std::max(rival[i], rivals[c][i]);
      }
      std::size_t n_found = 0;
      for (std::size_t i = 0; i < n_rows; ++i) {
        n_found += matches_[c].own[i] * (1 - kTie) > rival[i] ? 1 : 0;
      }
      result.push_back(static_cast<double>(n_found) / static_cast<double>(n_rows));
    }
    return result;
  }

 private:
  /// Row `row` of the cosines, at each count in turn: products accumulate from one count to the
  /// next.
  void match_row(std::size_t row, std::vector<double>& products,
                 std::vector<std::vector<double>>& column_rivals) {
    std::fill(products.begin(), products.end(), 0.0);
    const auto& query = queries_[row];
    std::size_t next = 0;
    for (std::size_t c = 0; c < counts_.size(); ++c) {
      for (; next < query.size() && query[next].place < counts_[c]; ++next) {
        const auto place = query[next].place;
        const double factor = query[next].value * weight_of(order_, place);
        const auto column = maxima_.column(m_, order_.features[place]);
        for (std::size_t i = 0; i < column.size(); ++i) {
          products[static_cast<std::size_t>(column.rows[i])] += factor * column.values[i];
        }
      }
      double rival = 0;
      for (std::size_t other = 0; other < products.size(); ++other) {
        const double cosine = products[other] * norms_l_[c][row] * norms_m_[c][other];
        if (other == row) {
          matches_[c].own[row] = cosine;
          continue;
        }
        rival = std::max(rival, cosine);
        column_rivals[c][other] = std::max(column_rivals[c][other], cosine);
      }
      matches_[c].row_rival[row] = rival;
    }
  }

  const Maxima& maxima_;
  std::int32_t m_;
  const FeatureOrder& order_;
  std::span<const std::size_t> counts_;
  SentenceVectors queries_;
  std::vector<std::vector<double>> norms_l_;
  std::vector<std::vector<double>> norms_m_;
  std::vector<Matches> matches_;  ///< [counts]
};

}  // namespace

std::vector<double> mexa(const Maxima& maxima, std::int32_t l, std::int32_t m,
                         const FeatureOrder& order, std::span<const std::size_t> counts) {
  if (counts.empty()) return {};
  if (maxima.n_rows() == 0) return std::vector<double>(counts.size(), 0.0);
  return Retrieval(maxima, l, m, order, counts).accuracies();
}

}  // namespace isogloss

#include "isogloss/score/strata/strata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "isogloss/numeric/ranks.h"

namespace isogloss {
namespace {

constexpr std::int32_t kDeciles = 10;
constexpr std::int32_t kSmallestStratum = 10;

using Counts = std::array<std::int32_t, kDeciles>;  ///< rows in each decile of a document
using Labels = std::array<std::int32_t, kDeciles>;  ///< the stratum each decile goes into

/// Twice each row's rank by length: the rank of the sum of its ranks over languages.
std::vector<std::int64_t> doubled_length_ranks(const RowTraits& traits) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(traits.n_rows()));
  for (const auto& n_tokens : traits.n_tokens) {
    const auto ranks = doubled_ranks(std::span(n_tokens));
    std::transform(sums.begin(), sums.end(), ranks.begin(), sums.begin(), std::plus<>());
  }
  return doubled_ranks(std::span<const std::int64_t>(sums));
}

/// ⌊10·(rank − ½)/n⌋: rows of equal length share a decile, whatever their order.
std::size_t decile_of(std::int64_t doubled_rank, std::size_t n_rows) {
  return static_cast<std::size_t>(kDeciles * (doubled_rank - 1)) / (2 * n_rows);
}

std::int32_t total(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0);
}

/// Cuts a document into runs of deciles, shortest first, of at least kSmallestStratum rows; what is
/// left at its end joins its last run. Labels them from `n_labels` on, and counts it up.
Labels cut(const Counts& counts, std::int32_t& n_labels) {
  Labels labels{};
  std::int32_t label = n_labels;
  std::int32_t in_run = 0;
  std::int32_t left = total(counts);
  for (std::size_t decile = 0; decile < counts.size(); ++decile) {
    labels[decile] = label;
    in_run += counts[decile];
    left -= counts[decile];
    if (in_run < kSmallestStratum || left < kSmallestStratum) continue;
    ++label;
    in_run = 0;
  }
  n_labels = label + 1;
  return labels;
}

/// Numbers the labels in use 0, 1, … in their order.
Strata compressed(std::vector<std::int32_t> label_of_row, std::int32_t n_labels) {
  std::vector<std::int32_t> size_of_label(static_cast<std::size_t>(n_labels));
  for (const auto label : label_of_row) ++size_of_label[static_cast<std::size_t>(label)];
  std::vector<std::int32_t> stratum_of_label(size_of_label.size());
  Strata strata;
  for (std::size_t label = 0; label < size_of_label.size(); ++label) {
    stratum_of_label[label] = strata.n_strata();
    if (size_of_label[label] > 0) strata.size.push_back(size_of_label[label]);
  }
  for (auto& label : label_of_row) label = stratum_of_label[static_cast<std::size_t>(label)];
  strata.of_row = std::move(label_of_row);
  return strata;
}

/// Gives the rows of the last label to the label whose mean length rank is nearest to theirs;
/// labels that are equally near all become one, so that the choice does not depend on the order of
/// rows.
void join_nearest(std::vector<std::int32_t>& label_of_row, std::int32_t n_labels,
                  std::span<const std::int64_t> ranks) {
  std::vector<double> sum(static_cast<std::size_t>(n_labels));
  std::vector<double> size(static_cast<std::size_t>(n_labels));
  for (std::size_t row = 0; row < label_of_row.size(); ++row) {
    const auto label = static_cast<std::size_t>(label_of_row[row]);
    sum[label] += static_cast<double>(ranks[row]);
    size[label] += 1;
  }
  const double own = sum.back() / size.back();
  const auto distance = [&](std::int32_t label) {
    const auto l = static_cast<std::size_t>(label);
    return std::abs(sum[l] / size[l] - own);
  };
  double nearest = std::numeric_limits<double>::infinity();
  std::int32_t target = 0;
  for (std::int32_t label = 0; label < n_labels - 1; ++label) {
    if (distance(label) >= nearest) continue;
    nearest = distance(label);
    target = label;
  }
  for (auto& label : label_of_row) {
    if (label == n_labels - 1 || distance(label) == nearest) label = target;
  }
}

/// The label of each document's deciles.
struct Labelling {
  std::vector<Labels> of_document;
  std::int32_t n_labels = 0;
  bool last_is_small = false;  ///< the last label has too few rows, and there are others
};

/// Documents too small for a stratum of their own are cut as if they were one.
Labelling label_deciles(const std::vector<Counts>& counts) {
  Labelling result;
  Counts rest{};
  for (const auto& document : counts) {
    if (total(document) >= kSmallestStratum) {
      result.of_document.push_back(cut(document, result.n_labels));
    } else {
      result.of_document.emplace_back();
      std::transform(rest.begin(), rest.end(), document.begin(), rest.begin(), std::plus<>());
    }
  }
  if (total(rest) == 0) return result;
  result.last_is_small = result.n_labels > 0 && total(rest) < kSmallestStratum;
  const auto of_rest = cut(rest, result.n_labels);
  for (std::size_t d = 0; d < counts.size(); ++d) {
    if (total(counts[d]) < kSmallestStratum) result.of_document[d] = of_rest;
  }
  return result;
}

Strata strata_of(std::span<const std::int64_t> ranks, const std::vector<std::int32_t>& document) {
  const auto n_documents = *std::max_element(document.begin(), document.end()) + 1;
  std::vector<Counts> counts(static_cast<std::size_t>(n_documents), Counts{});
  for (std::size_t row = 0; row < document.size(); ++row) {
    ++counts[static_cast<std::size_t>(document[row])][decile_of(ranks[row], document.size())];
  }
  const auto labelling = label_deciles(counts);
  std::vector<std::int32_t> label_of_row;
  for (std::size_t row = 0; row < document.size(); ++row) {
    const auto& of_deciles = labelling.of_document[static_cast<std::size_t>(document[row])];
    label_of_row.push_back(of_deciles[decile_of(ranks[row], document.size())]);
  }
  if (labelling.last_is_small) join_nearest(label_of_row, labelling.n_labels, ranks);
  return compressed(std::move(label_of_row), labelling.n_labels);
}

}  // namespace

double Strata::effective_number() const {
  double squares = 0;
  for (const auto n : size) squares += static_cast<double>(n) * n;
  const auto n = static_cast<double>(n_rows());
  return squares == 0 ? 0 : n * n / squares;
}

Strata single_stratum(std::int32_t n_rows) {
  return {std::vector<std::int32_t>(static_cast<std::size_t>(n_rows), 0), {n_rows}};
}

Strata make_strata(const RowTraits& traits, NullModel model) {
  if (model == NullModel::kPlain || traits.n_rows() == 0) return single_stratum(traits.n_rows());
  const auto ranks = doubled_length_ranks(traits);
  const bool by_document = model == NullModel::kLengthDocument && !traits.document.empty();
  return strata_of(ranks,
                   by_document ? traits.document : std::vector<std::int32_t>(ranks.size(), 0));
}

}  // namespace isogloss

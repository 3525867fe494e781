#include "isogloss/score/bi_loss/bi_loss.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cassert>
#include <numeric>
#include <span>

#include "isogloss/score/bi_loss/divergence.h"

namespace isogloss {
namespace {

constexpr std::size_t kRerankedPlaces = 300;  // β lets the frequency term move features this far
constexpr float kFewFirings = 10;             // below it the code sets idaf to 1

std::vector<SparseColumn> columns_of(const Maxima& maxima, std::int32_t feature) {
  std::vector<SparseColumn> columns;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    columns.push_back(maxima.column(l, feature));
  }
  return columns;
}

double largest(std::span<const float> values) {
  return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
}

std::vector<std::int32_t> live_features(const Maxima& maxima) {
  std::vector<std::int32_t> live;
  for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
    const auto columns = columns_of(maxima, feature);
    const bool fires_everywhere = std::all_of(columns.begin(), columns.end(),
                                              [](const auto& column) { return column.size() > 0; });
    if (fires_everywhere) live.push_back(feature);
  }
  return live;
}

/// JSD of each live feature. The code scales a language by its largest activation over all
/// features; the text scales each feature by its own.
std::vector<double> divergences(const Maxima& maxima, std::span<const std::int32_t> live,
                                BiForm form) {
  std::vector<double> language_max;
  for (const auto& language : maxima.by_language) language_max.push_back(largest(language.values));
  std::vector<double> result(live.size());
  tbb::parallel_for(std::size_t{0}, live.size(), [&](std::size_t i) {
    const auto columns = columns_of(maxima, live[i]);
    auto divisors = language_max;
    if (form == BiForm::kText) {
      std::transform(columns.begin(), columns.end(), divisors.begin(),
                     [](const SparseColumn& column) { return largest(column.values); });
    }
    result[i] = softmax_divergence(columns, divisors, maxima.n_rows(), form);
  });
  return result;
}

std::int64_t firings(const Maxima& maxima, std::int32_t feature) {
  std::int64_t count = 0;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    count += static_cast<std::int64_t>(maxima.column(l, feature).size());
  }
  return count;
}

/// −idaf with the code's float32 roundings: torch divides a Python number by a float32 or integer
/// tensor as fl(fl(1/tensor)·number).
float negated_idaf_of_code(std::int64_t count, float n_sentences) {
  const float per_firing = 1.0F / static_cast<float>(count);
  const float idaf = per_firing * n_sentences;
  const float per_idaf = 1.0F / idaf;
  const float firings = per_idaf * n_sentences;
  return firings < kFewFirings ? -1.0F : -idaf;
}

/// −(JSD_(300) − JSD_min): the span of JSD over the places that β·idaf may rerank.
double rerank_span(std::span<const double> jsd) {
  std::vector<double> sorted(jsd.begin(), jsd.end());
  std::sort(sorted.begin(), sorted.end());
  return -(sorted[std::min(kRerankedPlaces, sorted.size() - 1)] - sorted.front());
}

/// Adds β·idaf; returns β. Float is the precision in which the form keeps idaf, β and their
/// product. It is not one expression, so that each operation rounds to Float by itself, as torch's
/// do.
template <class Float>
double add_weighted(std::span<double> jsd, std::span<const Float> idaf,
                    std::optional<double> given_beta) {
  const auto [low, high] = std::minmax_element(idaf.begin(), idaf.end());
  const Float range = *high - *low;
  Float beta = 0;
  if (given_beta) {
    beta = static_cast<Float>(*given_beta);
  } else if (range > 0) {
    const Float per_range = Float{1} / range;
    beta = per_range * static_cast<Float>(rerank_span(jsd));
  }
  for (std::size_t i = 0; i < jsd.size(); ++i) {
    const Float term = beta * idaf[i];
    jsd[i] += static_cast<double>(term);
  }
  return static_cast<double>(beta);
}

/// Turns the JSD of the live features into their loss, in place; returns β.
double add_frequency_term(const Maxima& maxima, std::span<const std::int32_t> live, BiForm form,
                          std::optional<double> given_beta, std::span<double> jsd) {
  const auto n_sentences = static_cast<double>(maxima.n_rows()) * maxima.n_languages();
  if (form == BiForm::kCode) {
    std::vector<float> idaf;
    for (const auto feature : live) {
      idaf.push_back(
          negated_idaf_of_code(firings(maxima, feature), static_cast<float>(n_sentences)));
    }
    return add_weighted<float>(jsd, idaf, given_beta);
  }
  std::vector<double> idaf;
  for (const auto feature : live) {
    idaf.push_back(n_sentences / static_cast<double>(firings(maxima, feature)));
  }
  return add_weighted<double>(jsd, idaf, given_beta);
}

}  // namespace

BiLoss bi_loss(const Maxima& maxima, BiForm form, std::optional<double> beta) {
  assert(maxima.n_languages() >= 2);
  const auto n_features = static_cast<std::size_t>(maxima.n_features);
  BiLoss result{.beta = beta.value_or(0), .loss = {}, .rank = {}};
  result.loss.resize(n_features);
  result.rank.resize(n_features);
  const auto live = live_features(maxima);
  if (live.empty()) return result;

  auto loss = divergences(maxima, live, form);
  result.beta = add_frequency_term(maxima, live, form, beta, loss);

  std::vector<std::size_t> order(live.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return loss[a] < loss[b]; });
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto feature = static_cast<std::size_t>(live[order[place]]);
    result.loss[feature] = loss[order[place]];
    result.rank[feature] = static_cast<std::int32_t>(place);
  }
  return result;
}

}  // namespace isogloss

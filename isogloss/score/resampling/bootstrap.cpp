#include "isogloss/score/resampling/bootstrap.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "isogloss/numeric/quantile.h"
#include "isogloss/numeric/random.h"
#include "isogloss/score/resampling/bootstrap_kappa_internal.h"
#include "isogloss/score/resampling/kappa_statistic_internal.h"

namespace isogloss {
namespace {

constexpr std::int32_t kFewestDocuments = 5;
constexpr std::size_t kFewestRows = 5;
constexpr double kMostUndefined = 0.1;

BootstrapInterval interval_of(std::span<const SparseColumn> columns, const ResampledStrata& shared,
                              double confidence, StratumGatherer& gatherer) {
  BootstrapInterval interval;
  const bool too_few = std::any_of(columns.begin(), columns.end(),
                                   [](const auto& c) { return c.size() < kFewestRows; });
  if (columns.size() < 2 || too_few) return interval;
  BootstrapKappa kappa(columns, shared, gatherer);
  if (!kappa.defined()) return interval;
  const auto n_resamples = shared.resamples().n_resamples;
  std::vector<double> found;
  for (const auto& of_resample : kappa.of_resamples()) {
    // κ is at most 1, which its sums in float32 can pass.
    if (of_resample) found.push_back(std::min(*of_resample, 1.0));
  }
  interval.n_undefined = n_resamples - static_cast<std::int32_t>(found.size());
  if (found.empty() || interval.n_undefined > kMostUndefined * n_resamples) return interval;
  std::sort(found.begin(), found.end());
  interval.low = quantile(found, (1 - confidence) / 2);
  interval.high = quantile(found, (1 + confidence) / 2);
  return interval;
}

std::int32_t number_of(std::span<const std::int32_t> document) {
  return document.empty() ? 0 : *std::max_element(document.begin(), document.end()) + 1;
}

}  // namespace

bool resampled_by_document(std::span<const std::int32_t> document) {
  return number_of(document) >= kFewestDocuments;
}

Resamples draw_resamples(std::int32_t n_rows, std::span<const std::int32_t> document,
                         std::int32_t n_resamples, std::uint64_t seed) {
  const auto n_documents = number_of(document);
  Resamples resamples{n_resamples, n_rows, resampled_by_document(document), {}};
  const auto n = static_cast<std::size_t>(n_rows);
  resamples.count.resize(resamples.n_groups() * n * Resamples::kGroup);
  tbb::parallel_for(std::size_t{0}, static_cast<std::size_t>(n_resamples), [&](std::size_t b) {
    Random random(seed, b);
    if (!resamples.by_document) {
      for (std::size_t i = 0; i < n; ++i) {
        ++resamples.of(b, random.below(static_cast<std::uint32_t>(n)));
      }
      return;
    }
    std::vector<float> of_document(static_cast<std::size_t>(n_documents));
    for (std::int32_t d = 0; d < n_documents; ++d) {
      ++of_document[random.below(static_cast<std::uint32_t>(n_documents))];
    }
    for (std::size_t s = 0; s < n; ++s) {
      resamples.of(b, s) = of_document[static_cast<std::size_t>(document[s])];
    }
  });
  return resamples;
}

std::vector<BootstrapInterval> bootstrap_intervals(const Maxima& maxima, const Strata& strata,
                                                   const Resamples& resamples,
                                                   std::span<const std::int32_t> features,
                                                   double confidence, const RunControl& control) {
  constexpr std::size_t kFeaturesPerReport = 256;
  std::vector<BootstrapInterval> intervals(features.size());
  if (resamples.n_resamples == 0) return intervals;
  const ResampledStrata shared(strata, resamples);
  tbb::enumerable_thread_specific<StratumGatherer> gatherers(
      [&] { return StratumGatherer(strata); });
  for (std::size_t first = 0; first < features.size(); first += kFeaturesPerReport) {
    const auto end = std::min(first + kFeaturesPerReport, features.size());
    tbb::parallel_for(first, end, [&](std::size_t i) {
      control.throw_if_stopped();
      intervals[i] =
          interval_of(firing_columns(maxima, features[i]), shared, confidence, gatherers.local());
    });
    control.report({.stage = "bootstrap",
                    .unit = "features",
                    .done = static_cast<std::int64_t>(end),
                    .total = static_cast<std::int64_t>(features.size())});
  }
  return intervals;
}

}  // namespace isogloss

// How fast all pairs of languages are scored, under the plain and the stratified null: a whole run.
#include <benchmark/benchmark.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/score/agreement/strict_agreement.h"

namespace isogloss {
namespace {

constexpr std::int32_t kFeatures = 16384;

/// Densities fall as those of a trained SAE do: rank^−0.8, on average `per_row` features a row.
Maxima random_maxima(std::int32_t n_languages, std::int32_t n_rows, double per_row) {
  double sum = 0;
  for (std::int32_t f = 1; f <= kFeatures; ++f) sum += std::pow(f, -0.8);
  Maxima maxima;
  maxima.n_features = kFeatures;
  for (std::int32_t row = 0; row < n_rows; ++row) maxima.samples.push_back(row);
  std::mt19937 random(1);
  std::lognormal_distribution<float> value(1, 1);
  for (std::int32_t l = 0; l < n_languages; ++l) {
    maxima.languages.push_back(std::to_string(l));
    auto& language = maxima.by_language.emplace_back();
    language.offsets.push_back(0);
    for (std::int32_t f = 1; f <= kFeatures; ++f) {
      const double density = std::min(0.95, per_row * std::pow(f, -0.8) / sum);
      std::geometric_distribution<std::int32_t> gap(density);
      for (auto row = gap(random); row < n_rows; row += 1 + gap(random)) {
        language.rows.push_back(row);
        language.values.push_back(value(random));
      }
      language.offsets.push_back(static_cast<std::int64_t>(language.rows.size()));
    }
    language.positions.assign(language.rows.size(), 1);
  }
  return maxima;
}

Strata deciles(std::int32_t n_rows, std::int32_t n_strata) {
  Strata strata{{}, std::vector<std::int32_t>(static_cast<std::size_t>(n_strata))};
  for (std::int32_t row = 0; row < n_rows; ++row) {
    strata.of_row.push_back(row % n_strata);
    ++strata.size[static_cast<std::size_t>(row % n_strata)];
  }
  return strata;
}

enum class Work { kPrepare, kStrict, kOverlaps, kPairs };

/// `state`'s ranges: languages, rows, features a row, strata.
void score(benchmark::State& state, Work work) {
  const auto n_rows = static_cast<std::int32_t>(state.range(1));
  const auto maxima = random_maxima(static_cast<std::int32_t>(state.range(0)), n_rows,
                                    static_cast<double>(state.range(2)));
  const auto strata = deciles(n_rows, static_cast<std::int32_t>(state.range(3)));
  for (auto _ : state) {
    tbb::parallel_for(0, kFeatures, [&](std::int32_t feature) {
      const auto columns = prepare_feature(maxima, feature, strata);
      if (work == Work::kStrict) benchmark::DoNotOptimize(strict_agreement(columns, strata));
      if (work == Work::kPairs) benchmark::DoNotOptimize(feature_pairs(feature, columns, strata));
      if (work != Work::kOverlaps) return;
      for (std::size_t a = 0; a < columns.size(); ++a) {
        for (std::size_t b = a + 1; b < columns.size(); ++b) {
          benchmark::DoNotOptimize(common_mass(columns[a], columns[b]));
          benchmark::DoNotOptimize(overlap_bounds(columns[a], columns[b], n_rows));
          benchmark::DoNotOptimize(overlap_bounds(columns[a], columns[b], strata));
        }
      }
    });
  }
  std::size_t entries = 0;
  for (const auto& language : maxima.by_language) entries += language.rows.size();
  state.counters["entries"] = static_cast<double>(entries);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"languages", "rows", "features_a_row", "strata"})
      ->Args({8, 500, 600, 10})
      ->Args({8, 5000, 600, 10})
      ->Args({8, 5000, 600, 300})
      ->Args({2, 100000, 800, 10})
      ->Unit(benchmark::kMillisecond)
      ->Iterations(1)
      ->UseRealTime();
}

BENCHMARK_CAPTURE(score, prepare, Work::kPrepare)->Apply(shapes);
BENCHMARK_CAPTURE(score, kappas, Work::kOverlaps)->Apply(shapes);
BENCHMARK_CAPTURE(score, strict, Work::kStrict)->Apply(shapes);
BENCHMARK_CAPTURE(score, pairs_with_tails, Work::kPairs)->Apply(shapes);

}  // namespace
}  // namespace isogloss

BENCHMARK_MAIN();

// Permutation p-values, max-T and bootstrap of agreement on made-up maxima: seconds a family of
// features. CPU time is of all threads; 16,384 features cost in proportion.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "isogloss/numeric/random.h"
#include "isogloss/score/resampling/bootstrap.h"
#include "isogloss/score/resampling/max_t.h"
#include "isogloss/score/resampling/permutation.h"

namespace isogloss {
namespace {

double normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

/// Rows of a hidden set, each kept with probability `shared` and else moved to any row.
std::vector<std::pair<std::int32_t, float>> column(const std::vector<std::int32_t>& hidden,
                                                   double shared, std::uint32_t n_rows,
                                                   Random& random) {
  std::vector<std::pair<std::int32_t, float>> entries;
  for (const auto row : hidden) {
    const bool kept = random.uniform() < shared;
    entries.emplace_back(kept ? row : static_cast<std::int32_t>(random.below(n_rows)),
                         static_cast<float>(std::exp(0.7 * normal(random))));
  }
  std::sort(entries.begin(), entries.end());
  const auto same_row = [](const auto& a, const auto& b) { return a.first == b.first; };
  entries.erase(std::unique(entries.begin(), entries.end(), same_row), entries.end());
  return entries;
}

/// Densities are log-normal about `density`, as those of SAE features are; four features in ten
/// share rows between languages.
Maxima made_up(std::int32_t n_features, std::size_t n_languages, std::int32_t n_rows,
               double density) {
  constexpr double kSpread = 1.5;
  Maxima maxima;
  maxima.n_features = n_features;
  maxima.samples.resize(static_cast<std::size_t>(n_rows));
  std::iota(maxima.samples.begin(), maxima.samples.end(), 0);
  maxima.languages.resize(n_languages);
  maxima.by_language.resize(n_languages);
  for (auto& language : maxima.by_language) language.offsets.push_back(0);
  for (std::int32_t f = 0; f < n_features; ++f) {
    Random random(5, static_cast<std::uint64_t>(f));
    const double factor = std::exp(kSpread * normal(random) - kSpread * kSpread / 2);
    const double rate = std::clamp(density * factor, 2.0 / n_rows, 0.95);
    const double shared = random.uniform() < 0.4 ? 0.1 + 0.8 * random.uniform() : 0;
    std::vector<std::int32_t> hidden;
    for (std::int32_t row = 0; row < n_rows; ++row) {
      if (random.uniform() < rate) hidden.push_back(row);
    }
    for (auto& language : maxima.by_language) {
      for (const auto& [row, value] :
           column(hidden, shared, static_cast<std::uint32_t>(n_rows), random)) {
        language.rows.push_back(row);
        language.values.push_back(value);
      }
      language.offsets.push_back(static_cast<std::int64_t>(language.rows.size()));
    }
  }
  for (auto& language : maxima.by_language) language.positions.resize(language.rows.size());
  return maxima;
}

struct Problem {
  Maxima maxima;
  Strata strata;

  explicit Problem(const benchmark::State& state)
      : maxima(made_up(
            static_cast<std::int32_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
            static_cast<std::int32_t>(state.range(2)), static_cast<double>(state.range(3)) / 100)) {
    Random random(1);
    strata.size.assign(static_cast<std::size_t>(state.range(4)), 0);
    for (std::int32_t row = 0; row < maxima.n_rows(); ++row) {
      const auto n_strata = static_cast<std::uint32_t>(strata.size.size());
      const auto stratum = random.below(n_strata);
      strata.of_row.push_back(static_cast<std::int32_t>(stratum));
      ++strata.size[stratum];
    }
  }
};

void permutations(benchmark::State& state) {
  const Problem problem(state);
  for (auto _ : state) {
    const auto result = permutation_p_values(problem.maxima, problem.strata, {}, {});
    state.counters["permutations"] = static_cast<double>(std::accumulate(
        result.n_permutations.begin(), result.n_permutations.end(), std::int64_t{0}));
  }
}

void max_t_of_100(benchmark::State& state) {
  const Problem problem(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        max_t_p_values(problem.maxima, problem.strata, {.n_permutations = 100}, {}));
  }
}

void bootstrap(benchmark::State& state) {
  const Problem problem(state);
  std::vector<std::int32_t> features(static_cast<std::size_t>(problem.maxima.n_features));
  std::iota(features.begin(), features.end(), 0);
  for (auto _ : state) {
    const auto resamples = draw_resamples(problem.maxima.n_rows(), {}, 200, 1);
    benchmark::DoNotOptimize(
        bootstrap_intervals(problem.maxima, problem.strata, resamples, features, 0.95, {}));
  }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"features", "languages", "rows", "percent_firing", "strata"});
  benchmark->Args({2900, 2, 500, 20, 40});
  benchmark->Args({512, 8, 5000, 5, 50});
  benchmark->Args({512, 2, 100000, 5, 200});
  benchmark->Iterations(1)->MeasureProcessCPUTime()->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(permutations)->Apply(sizes);
BENCHMARK(max_t_of_100)->Apply(sizes);
BENCHMARK(bootstrap)->Apply(sizes);

}  // namespace
}  // namespace isogloss

BENCHMARK_MAIN();

// How long each measure takes over 16,384 features: seconds by languages and sentences.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "isogloss/score/measures/measures.h"

namespace isogloss {
namespace {

constexpr std::int32_t kFeatures = 16384;

/// Densities from 1 in 1,000 to 1 in 2, as even on a logarithmic scale as trained SAEs' roughly
/// are: 8 % of the entries are non-zero.
Maxima random_maxima(std::int32_t n_languages, std::int32_t n_rows) {
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> exponent(-3, -0.5);
  Maxima maxima;
  maxima.n_features = kFeatures;
  for (std::int32_t row = 0; row < n_rows; ++row) maxima.samples.push_back(row);
  std::vector<double> density(kFeatures);
  for (auto& d : density) d = std::pow(10, exponent(generator));
  for (std::int32_t l = 0; l < n_languages; ++l) {
    maxima.languages.push_back("l" + std::to_string(l));
    LanguageMaxima language;
    language.offsets.push_back(0);
    for (const double d : density) {
      std::geometric_distribution<std::int64_t> gap(d);
      for (auto row = gap(generator); row < n_rows; row += 1 + gap(generator)) {
        language.rows.push_back(static_cast<std::int32_t>(row));
        language.values.push_back(static_cast<float>(generator() % 65536 + 1));
      }
      language.offsets.push_back(static_cast<std::int64_t>(language.rows.size()));
    }
    language.positions.assign(language.rows.size(), 1);
    maxima.by_language.push_back(std::move(language));
  }
  return maxima;
}

/// One size at a time, made once for all measures.
const Maxima& maxima_of(std::int32_t n_languages, std::int32_t n_rows) {
  static Maxima maxima;
  if (maxima.n_languages() != n_languages || maxima.n_rows() != n_rows) {
    maxima = {};
    maxima = random_maxima(n_languages, n_rows);
  }
  return maxima;
}

void run_measure(benchmark::State& state, const MeasureDefinition& definition) {
  const auto& maxima = maxima_of(static_cast<std::int32_t>(state.range(0)),
                                 static_cast<std::int32_t>(state.range(1)));
  const std::vector<TokenTotals> totals(maxima.languages.size(),
                                        {.n_tokens = 1000,
                                         .firing = std::vector<std::int64_t>(kFeatures, 10),
                                         .mass = std::vector<double>(kFeatures, 20)});
  for (auto _ : state) benchmark::DoNotOptimize(compute_measure(definition.name, maxima, totals));
}

void add_measures(std::int64_t n_languages, std::int64_t n_rows) {
  for (const auto* definition : measures()) {
    benchmark::RegisterBenchmark(
        std::string(definition->name).c_str(),
        [definition](benchmark::State& state) { run_measure(state, *definition); })
        ->ArgNames({"languages", "sentences"})
        ->Args({n_languages, n_rows})
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace isogloss

int main(int argc, char** argv) {
  isogloss::add_measures(8, 500);
  isogloss::add_measures(8, 5000);
  isogloss::add_measures(2, 100000);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

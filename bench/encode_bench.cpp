// How fast rows are encoded: rows per second of Encoder::encode by width, features and threads.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "isogloss/sae/encode.h"

namespace isogloss {
namespace {

std::vector<float> random_floats(std::size_t n, float scale) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0.0F, scale);
  std::vector<float> values(n);
  for (auto& value : values) value = normal(generator);
  return values;
}

/// Thresholds let about 1 feature in 500 fire, as trained SAEs do.
Sae random_sae(std::int32_t d_in, std::int32_t n_features, SaeActivation activation) {
  const auto d = static_cast<std::size_t>(d_in);
  const auto f = static_cast<std::size_t>(n_features);
  Sae sae;
  sae.d_in = d_in;
  sae.n_features = n_features;
  sae.w_enc = random_floats(d * f, 1 / std::sqrt(static_cast<float>(d_in)));
  sae.b_enc.assign(f, 0.0F);
  sae.b_dec.assign(d, 0.0F);
  sae.threshold.assign(activation == SaeActivation::kJumpRelu ? f : 0, 2.9F);
  sae.k = 40;
  sae.activation = activation;
  return sae;
}

void encode(benchmark::State& state, SaeActivation activation) {
  constexpr std::size_t kRows = 512;
  const auto d_in = static_cast<std::int32_t>(state.range(0));
  const auto n_features = static_cast<std::int32_t>(state.range(1));
  Encoder encoder(random_sae(d_in, n_features, activation),
                  static_cast<std::int32_t>(state.range(2)), false);
  const auto x = random_floats(kRows * static_cast<std::size_t>(d_in), 1.0F);
  std::size_t n_active = 0;
  for (auto _ : state) n_active = encoder.encode(x).features.size();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
  state.counters["Gop/s"] =
      benchmark::Counter(2e-9 * d_in * n_features * static_cast<double>(kRows) *
                             static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
  state.counters["l0"] = static_cast<double>(n_active) / static_cast<double>(kRows);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"d_in", "features", "threads"});
  benchmark->Args({640, 4096, 1})->Args({640, 65536, 1})->Args({640, 262144, 1});
  benchmark->Args({2304, 16384, 1})->Args({2304, 16384, 2})->Args({2304, 65536, 1});
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(encode, jumprelu, SaeActivation::kJumpRelu)->Apply(sizes);
BENCHMARK_CAPTURE(encode, topk, SaeActivation::kTopK)->Apply(sizes);

}  // namespace
}  // namespace isogloss

BENCHMARK_MAIN();

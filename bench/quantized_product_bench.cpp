// Our product of quantised weights with float32 activations, by every set of kernels that runs
// here, beside ggml's, one thread each. Compare the CPU times: they hold on a machine that does
// other things too.
#include <benchmark/benchmark.h>
#include <ggml-backend.h>
#include <ggml-cpp.h>
#include <ggml-cpu.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "isogloss/model/quantized_product_internal.h"

namespace isogloss {
namespace {

std::vector<float> random_floats(std::int64_t n, float scale) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0.0F, scale);
  std::vector<float> values(static_cast<std::size_t>(n));
  for (auto& value : values) value = normal(generator);
  return values;
}

/// A graph of one product, weights [n_rows, width] and activations [n_tokens, width].
struct Graph {
  ggml_context_ptr context{
      ggml_init({.mem_size = 4 * ggml_tensor_overhead() + ggml_graph_overhead(),
                 .mem_buffer = nullptr,
                 .no_alloc = true})};
  ggml_tensor* product;
  ggml_cgraph* graph;
  ggml_backend_buffer_ptr memory;
  std::vector<std::uint8_t> work;
  ggml_cplan plan;

  Graph(ggml_type type, std::int64_t width, std::int64_t n_rows, std::int64_t n_tokens,
        QuantizedProduct& ours) {
    auto* weights = ggml_new_tensor_2d(context.get(), type, width, n_rows);
    auto* x = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, width, n_tokens);
    product = ggml_mul_mat(context.get(), weights, x);
    graph = ggml_new_graph(context.get());
    ggml_build_forward_expand(graph, product);
    memory.reset(
        ggml_backend_alloc_ctx_tensors_from_buft(context.get(), ggml_backend_cpu_buffer_type()));
    const auto w = random_floats(n_rows * width, 1 / std::sqrt(static_cast<float>(width)));
    ggml_quantize_chunk(type, w.data(), weights->data, 0, n_rows, width, nullptr);
    const auto values = random_floats(n_tokens * width, 1.0F);
    ggml_backend_tensor_set(x, values.data(), 0, ggml_nbytes(x));
    ours.take_over(*product);
    plan = ggml_graph_plan(graph, /*n_threads=*/1, nullptr);
    work.resize(plan.work_size);
    plan.work_data = work.data();
  }
};

/// By ggml's product if `kernels` is null.
void multiply(benchmark::State& state, ggml_type type, const KernelSet* kernels) {
  QuantizedProduct ours(1, kernels);
  Graph graph(type, state.range(0), state.range(1), state.range(2), ours);
  for (auto _ : state) ggml_graph_compute(graph.graph, &graph.plan);
  const auto work = 2 * state.range(0) * state.range(1) * state.range(2) * state.iterations();
  state.counters["flop/s"] =
      benchmark::Counter(static_cast<double>(work), benchmark::Counter::kIsRate);
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"width", "rows", "tokens"});
  benchmark->Args({2304, 2304, 512})->Args({2304, 9216, 512})->Args({9216, 2304, 512});
  benchmark->Args({2304, 2304, 8})->Args({2304, 2304, 16})->Args({2304, 2304, 64});
  benchmark->Unit(benchmark::kMillisecond);
}

void register_all() {
  std::vector<const KernelSet*> sets = {nullptr};
  for (const auto* set : kernel_sets()) {
    if (set->runs_here() && set != &kPortableKernels) sets.push_back(set);
  }
  for (const auto& kernel : kPortableKernels.kernels) {
    const auto type = kernel.type;
    for (const auto* set : sets) {
      const auto name =
          std::string(ggml_type_name(type)) + "/" + (set == nullptr ? "ggml" : set->name);
      shapes(benchmark::RegisterBenchmark(
          name.c_str(), [=](benchmark::State& state) { multiply(state, type, set); }));
    }
  }
}

}  // namespace
}  // namespace isogloss

int main(int argc, char** argv) {
  isogloss::register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

// What the tests of products do alike: activations, and running a graph.
#pragma once

#include <ggml-cpu.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace isogloss::testing {

inline std::vector<float> random_floats(std::int64_t n, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(n));
  for (auto& value : values) value = normal(generator);
  return values;
}

/// The float32 numbers of `node`, computed with `n_threads` threads.
inline std::vector<float> compute_node(ggml_context* context, ggml_tensor* node, int n_threads) {
  auto* graph = ggml_new_graph(context);
  ggml_build_forward_expand(graph, node);
  auto plan = ggml_graph_plan(graph, n_threads, nullptr);
  std::vector<std::uint8_t> work(plan.work_size);
  plan.work_data = work.data();
  std::memset(node->data, 0xFF, ggml_nbytes(node));  // NaN
  EXPECT_EQ(ggml_graph_compute(graph, &plan), GGML_STATUS_SUCCESS);
  const auto* first = static_cast<const float*>(node->data);
  return {first, first + ggml_nelements(node)};
}

}  // namespace isogloss::testing

// Products in float32 against double precision.
#include <ggml-backend.h>
#include <ggml-cpp.h>
#include <ggml-cpu.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "isogloss/model/float_product_internal.h"
#include "isogloss/model/own_operations_internal.h"
#include "isogloss/numeric/vector_math.h"
#include "product_graph.h"

namespace isogloss {
namespace {

using isogloss::testing::random_floats;

/// A graph whose last node is a product, in ordinary memory.
class Graph {
 public:
  ggml_context_ptr context{
      ggml_init({.mem_size = std::size_t{1} << 20, .mem_buffer = nullptr, .no_alloc = true})};
  ggml_tensor* weights = nullptr;
  ggml_tensor* x = nullptr;
  ggml_tensor* experts = nullptr;  ///< null: all of `x` with all of `weights`
  ggml_tensor* node = nullptr;

  ggml_tensor* floats(std::vector<std::int64_t> extent) {
    return ggml_new_tensor(context.get(), GGML_TYPE_F32, static_cast<int>(extent.size()),
                           extent.data());
  }

  /// Takes the product over, and fills weights and activations.
  void build(FloatProduct& ours) {
    node = experts == nullptr ? ggml_mul_mat(context.get(), weights, x)
                              : ggml_mul_mat_id(context.get(), weights, x, experts);
    memory_.reset(
        ggml_backend_alloc_ctx_tensors_from_buft(context.get(), ggml_backend_cpu_buffer_type()));
    const auto w = random_floats(ggml_nelements(weights), 1);
    ggml_quantize_chunk(weights->type, w.data(), weights->data, 0, ggml_nrows(weights),
                        weights->ne[0], nullptr);
    auto* all = x->view_src == nullptr ? x : x->view_src;
    const auto values = random_floats(ggml_nelements(all), 2);
    std::memcpy(all->data, values.data(), ggml_nbytes(all));
    ours.take_over(*node);
  }

  std::vector<float> compute(int n_threads) {
    return isogloss::testing::compute_node(context.get(), node, n_threads);
  }

  /// The product of a row of weights with a row of activations in double precision, and the sum of
  /// its terms' absolute values.
  std::pair<double, double> term_sum(std::int64_t matrix, std::int64_t row,
                                     const float* of_x) const {
    std::vector<float> w(static_cast<std::size_t>(weights->ne[0]));
    const auto* bytes = static_cast<const char*>(weights->data) +
                        static_cast<std::size_t>(row) * weights->nb[1] +
                        static_cast<std::size_t>(matrix) * weights->nb[2];
    ggml_get_type_traits(weights->type)->to_float(bytes, w.data(), weights->ne[0]);
    double sum = 0, size = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      sum += double{w[i]} * of_x[i];
      size += std::abs(double{w[i]} * of_x[i]);
    }
    return {sum, size};
  }

  const float* x_row(std::int64_t row, std::int64_t matrix) const {
    return reinterpret_cast<const float*>(static_cast<const char*>(x->data) +
                                          static_cast<std::size_t>(row) * x->nb[1] +
                                          static_cast<std::size_t>(matrix) * x->nb[2]);
  }

 private:
  ggml_backend_buffer_ptr memory_;
};

/// Every element; matrix(row of x, matrix of x) says with which weights it is multiplied.
template <class Matrix>
void expect_products(Graph& graph, const Matrix& matrix) {
  ASSERT_EQ(graph.node->op, GGML_OP_CUSTOM);
  const auto actual = graph.compute(1);
  std::size_t i = 0;
  for (std::int64_t m = 0; m < graph.node->ne[2]; ++m) {
    for (std::int64_t t = 0; t < graph.node->ne[1]; ++t) {
      for (std::int64_t r = 0; r < graph.node->ne[0]; ++r, ++i) {
        const auto [sum, size] =
            graph.term_sum(matrix(t, m), r, graph.x_row(t % graph.x->ne[1], m));
        ASSERT_NEAR(actual[i], sum, 5e-7 * size) << r << ", " << t << ", " << m;
      }
    }
  }
  EXPECT_THAT(graph.compute(3), ::testing::ElementsAreArray(actual));
}

class FloatProductOf : public ::testing::TestWithParam<ggml_type> {};

TEST_P(FloatProductOf, IsFloat32) {
  FloatProduct ours(3);
  // Fewer and more numbers, rows and tokens than are multiplied at once.
  for (const int width : {256, 768}) {
    for (const int n_rows : {1, 17, 130}) {
      for (const int n_tokens : {1, 7, 21}) {
        Graph graph;
        graph.weights = ggml_new_tensor_2d(graph.context.get(), GetParam(), width, n_rows);
        graph.x = graph.floats({width, n_tokens});
        graph.build(ours);
        expect_products(graph, [](auto, auto) { return 0; });
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, FloatProductOf,
                         ::testing::Values(GGML_TYPE_F16, GGML_TYPE_BF16, GGML_TYPE_Q8_0,
                                           GGML_TYPE_Q4_0, GGML_TYPE_Q2_K, GGML_TYPE_Q4_K,
                                           GGML_TYPE_Q6_K, GGML_TYPE_IQ4_XS, GGML_TYPE_MXFP4,
                                           GGML_TYPE_TQ2_0),
                         [](const auto& test) { return std::string(ggml_type_name(test.param)); });

TEST(FloatProduct, WidthsNeedNotFillAVector) {
  FloatProduct ours(3);
  Graph graph;
  graph.weights = ggml_new_tensor_2d(graph.context.get(), GGML_TYPE_F16, 300, 5);
  graph.x = graph.floats({300, 9});
  graph.build(ours);
  expect_products(graph, [](auto, auto) { return 0; });
}

TEST(FloatProduct, SeveralMatricesShareWeights) {
  FloatProduct ours(3);
  Graph graph;
  graph.weights = ggml_new_tensor_3d(graph.context.get(), GGML_TYPE_Q8_0, 64, 20, 2);
  graph.x = graph.floats({64, 5, 6});
  graph.build(ours);
  expect_products(graph, [](auto, std::int64_t m) { return m / 3; });
}

TEST(FloatProduct, ActivationsMayLieApart) {
  FloatProduct ours(3);
  Graph graph;
  auto* wide = graph.floats({96, 11});
  graph.weights = ggml_new_tensor_2d(graph.context.get(), GGML_TYPE_Q4_0, 64, 20);
  graph.x = ggml_view_2d(graph.context.get(), wide, 64, 11, wide->nb[1], 8 * sizeof(float));
  graph.build(ours);
  expect_products(graph, [](auto, auto) { return 0; });
}

class Experts : public ::testing::TestWithParam<int> {};

// Each token chooses three of five matrices. It has one row of activations, or one for each choice.
TEST_P(Experts, AreThoseThatATokenChooses) {
  FloatProduct ours(3);
  Graph graph;
  graph.weights = ggml_new_tensor_3d(graph.context.get(), GGML_TYPE_Q8_0, 64, 20, 5);
  graph.x = graph.floats({64, GetParam(), 13});
  graph.experts = ggml_new_tensor_2d(graph.context.get(), GGML_TYPE_I32, 3, 13);
  graph.build(ours);
  const auto choice = [](std::int64_t i, std::int64_t token) { return (2 * i + token) % 5; };
  auto* chosen = static_cast<std::int32_t*>(graph.experts->data);
  for (std::int32_t token = 0; token < 13; ++token) {
    for (std::int32_t i = 0; i < 3; ++i) {
      chosen[3 * token + i] = static_cast<std::int32_t>(choice(i, token));
    }
  }
  expect_products(graph, choice);
}

INSTANTIATE_TEST_SUITE_P(Rows, Experts, ::testing::Values(1, 3));

TEST(FloatProduct, DoesNotDependOnTheTokensBeside) {
  FloatProduct ours(1);
  const auto product = [&](int n_tokens) {
    Graph graph;
    graph.weights = ggml_new_tensor_2d(graph.context.get(), GGML_TYPE_Q4_K, 768, 33);
    graph.x = graph.floats({768, n_tokens});
    graph.build(ours);
    return graph.compute(1);
  };
  const auto together = product(21);
  for (const int n : {1, 2, 5, 13}) {
    const auto few = product(n);  // the first of the same activations
    EXPECT_THAT(few, ::testing::ElementsAreArray(std::span(together).first(few.size()))) << n;
  }
}

TEST(FloatKernels, GiveTheSameBits) {
  FloatPanel panel;
  const auto w = random_floats(kFloatNumbers * kFloatRows, 3);
  std::memcpy(panel.values, w.data(), sizeof panel.values);
  const auto values = random_floats(kFloatTokens * kFloatNumbers, 4);
  const float* x[kFloatTokens];
  for (std::size_t t = 0; t < kFloatTokens; ++t) x[t] = values.data() + t * kFloatNumbers;
  for (std::size_t n_tokens = 1; n_tokens <= kFloatTokens; ++n_tokens) {
    float expected[kFloatTokens][kFloatRows] = {};
    multiply_floats_portable(panel, 200, x, n_tokens, expected);
    for (const bool wide : {false, true}) {
      if (!(wide ? widest_vectors() : has_avx2())) continue;
      float sums[kFloatTokens][kFloatRows] = {};
      (wide ? multiply_floats_wide : multiply_floats_avx2)(panel, 200, x, n_tokens, sums);
      EXPECT_EQ(std::memcmp(sums, expected, sizeof sums), 0) << n_tokens << (wide ? " wide" : "");
    }
  }
}

TEST(GgmlRounds, ProductsAttentionAndGelu) {
  Graph graph;
  auto* context = graph.context.get();
  auto* x = graph.floats({64, 4});
  auto* quantised = ggml_new_tensor_2d(context, GGML_TYPE_Q8_0, 64, 8);
  EXPECT_TRUE(ggml_rounds(*ggml_mul_mat(context, quantised, x)));
  EXPECT_FALSE(ggml_rounds(*ggml_mul_mat(context, graph.floats({64, 8}), x)));
  EXPECT_TRUE(ggml_rounds(*ggml_gelu(context, x)));
  EXPECT_TRUE(ggml_rounds(*ggml_gelu_quick(context, x)));
  EXPECT_TRUE(ggml_rounds(*ggml_geglu(context, x)));
  EXPECT_FALSE(ggml_rounds(*ggml_gelu_erf(context, x)));
  EXPECT_FALSE(ggml_rounds(*ggml_silu(context, x)));
  EXPECT_FALSE(ggml_rounds(*ggml_swiglu(context, x)));
  EXPECT_FALSE(ggml_rounds(*ggml_add(context, x, x)));
  EXPECT_FALSE(FloatProduct::suits(*ggml_add(context, x, x)));
}

}  // namespace
}  // namespace isogloss

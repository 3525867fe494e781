// Our product against ggml's and against double precision.
#include <ggml-backend.h>
#include <ggml-cpp.h>
#include <ggml-cpu.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <string>
#include <tuple>

#include "isogloss/model/quantized_product_internal.h"
#include "product_graph.h"

namespace isogloss {
namespace {

using isogloss::testing::random_floats;

/// The bytes of [n_rows, width] values.
std::vector<std::uint8_t> quantised(ggml_type type, const std::vector<float>& values,
                                    std::int64_t width) {
  const auto n_rows = static_cast<std::int64_t>(values.size()) / width;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(n_rows) * ggml_row_size(type, width));
  ggml_quantize_chunk(type, values.data(), bytes.data(), 0, n_rows, width, nullptr);
  return bytes;
}

/// A graph whose last node is `weights` times `x`, in ordinary memory.
class Product {
 public:
  ggml_context_ptr context{
      ggml_init({.mem_size = std::size_t{1} << 20, .mem_buffer = nullptr, .no_alloc = true})};
  ggml_tensor* weights = nullptr;
  ggml_tensor* x = nullptr;
  ggml_tensor* node = nullptr;

  Product(ggml_type type, std::int64_t width, std::int64_t n_rows, std::int64_t n_tokens)
      : weights(ggml_new_tensor_2d(context.get(), type, width, n_rows)),
        x(ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, width, n_tokens)) {}

  void build() {
    node = ggml_mul_mat(context.get(), weights, x);
    memory_.reset(
        ggml_backend_alloc_ctx_tensors_from_buft(context.get(), ggml_backend_cpu_buffer_type()));
  }

  void fill() {
    const auto w =
        quantised(weights->type, random_floats(ggml_nelements(weights), 1), weights->ne[0]);
    std::memcpy(weights->data, w.data(), w.size());
    const auto values = random_floats(ggml_nelements(x), 2);
    std::memcpy(x->data, values.data(), values.size() * sizeof(float));
  }

  std::vector<float> compute(int n_threads) {
    return isogloss::testing::compute_node(context.get(), node, n_threads);
  }

 private:
  ggml_backend_buffer_ptr memory_;
};

/// Activations as the products round them.
std::vector<float> as_quantised(const float* x, std::size_t n) {
  std::vector<PackedActivations> tile(n / kNumbersPerBlock);
  kPortableKernels.pack_tile(x, 1, tile.size(), tile.data());
  std::vector<float> values;
  for (const auto& block : tile) {
    for (const auto& quad : block.values) {
      for (const auto value : quad[0]) values.push_back(block.scale[0] * static_cast<float>(value));
    }
  }
  return values;
}

/// Every product in double precision, of the quantised activations, and the sum of the absolute
/// values of what is added up. Types with a minimum add up larger terms than the weights make.
struct Exact {
  std::vector<double> sums;
  std::vector<double> sizes;

  explicit Exact(const Product& product) {
    const auto width = product.x->ne[0];
    const auto n = static_cast<std::size_t>(width);
    const auto dequantised = [](ggml_type type, const void* bytes, std::int64_t count) {
      std::vector<float> values(static_cast<std::size_t>(count));
      ggml_get_type_traits(type)->to_float(bytes, values.data(), count);
      return values;
    };
    const auto w =
        dequantised(product.weights->type, product.weights->data, ggml_nelements(product.weights));
    const float minimum = std::abs(*std::ranges::min_element(w));
    const auto x = as_quantised(static_cast<const float*>(product.x->data),
                                static_cast<std::size_t>(ggml_nelements(product.x)));
    for (std::size_t t = 0; t < x.size(); t += n) {
      for (std::size_t r = 0; r < w.size(); r += n) {
        double sum = 0, size = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const double term = static_cast<double>(w[r + i]) * x[t + i];
          sum += term;
          size += std::abs(term) + std::abs(minimum * x[t + i]);
        }
        sums.push_back(sum);
        sizes.push_back(size);
      }
    }
  }
};

class QuantizedProductTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!QuantizedProduct::is_available())
      GTEST_SKIP() << "this processor leaves the product to ggml";
  }
};

constexpr ggml_type kTypes[] = {GGML_TYPE_Q8_0, GGML_TYPE_Q4_0, GGML_TYPE_Q4_1,
                                GGML_TYPE_Q5_0, GGML_TYPE_Q5_1, GGML_TYPE_Q4_K,
                                GGML_TYPE_Q5_K, GGML_TYPE_Q6_K, GGML_TYPE_IQ4_NL};

class QuantizedProductOf : public QuantizedProductTest,
                           public ::testing::WithParamInterface<std::tuple<ggml_type, int>> {
 protected:
  static ggml_type type() { return std::get<0>(GetParam()); }
  /// The nearest width that the type allows.
  static int width() {
    const auto together = static_cast<int>(ggml_blck_size(type()));
    return (std::get<1>(GetParam()) + together - 1) / together * together;
  }

  static void expect_exact_product(int n_rows, int n_tokens) {
    SCOPED_TRACE(::testing::Message() << n_rows << " rows, " << n_tokens << " tokens");
    Product product(type(), width(), n_rows, n_tokens);
    product.build();
    product.fill();
    QuantizedProduct ours(4);
    ours.take_over(*product.node);
    ASSERT_EQ(product.node->op, GGML_OP_CUSTOM);
    const auto actual = product.compute(1);
    const Exact exact(product);
    for (std::size_t i = 0; i < actual.size(); ++i) {
      ASSERT_NEAR(actual[i], exact.sums[i], 4e-7 * exact.sizes[i]) << i;
    }
    for (const int n_threads : {2, 3, 4}) {
      EXPECT_THAT(product.compute(n_threads), ::testing::ElementsAreArray(actual)) << n_threads;
    }
  }
};

TEST_P(QuantizedProductOf, IsExactButForTheSum) {
  // A row and a token more or less than panels and tiles hold, few and many.
  for (const int n_rows : {1, 15, 16, 17, 48, 49, 130}) {
    for (const int n_tokens : {1, 7, 8, 9, 16, 61}) expect_exact_product(n_rows, n_tokens);
  }
}

TEST_P(QuantizedProductOf, DoesNotDependOnTheTokensBeside) {
  Product many(type(), width(), 33, 21);
  many.build();
  many.fill();
  QuantizedProduct ours(1);
  ours.take_over(*many.node);
  const auto together = many.compute(1);
  for (const std::size_t token : {0, 7, 20}) {
    Product one(type(), width(), 33, 1);
    one.build();
    one.fill();
    std::memcpy(one.x->data, static_cast<const float*>(many.x->data) + token * many.x->ne[0],
                ggml_nbytes(one.x));
    ours.take_over(*one.node);
    EXPECT_THAT(one.compute(1),
                ::testing::ElementsAreArray(std::span(together).subspan(token * 33, 33)));
  }
}

INSTANTIATE_TEST_SUITE_P(Types, QuantizedProductOf,
                         ::testing::Combine(::testing::ValuesIn(kTypes),
                                            ::testing::Values(32, 640, 2304)),
                         [](const auto& test) {
                           return std::string(ggml_type_name(std::get<0>(test.param))) + "_" +
                                  std::to_string(std::get<1>(test.param));
                         });

TEST_F(QuantizedProductTest, ExtremesDoNotOverflow) {
  constexpr int kWidth = 2304;
  Product product(GGML_TYPE_Q8_0, kWidth, 16, 8);
  product.build();
  std::vector<float> w(16 * kWidth), x(8 * kWidth);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = i / kWidth % 2 == 0 ? 1.0F : -1.0F;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = i / kWidth % 4 < 2 ? -3.0F : 3.0F;
  const auto bytes = quantised(GGML_TYPE_Q8_0, w, kWidth);
  std::memcpy(product.weights->data, bytes.data(), bytes.size());
  std::memcpy(product.x->data, x.data(), x.size() * sizeof(float));
  QuantizedProduct ours(1);
  ours.take_over(*product.node);
  const auto actual = product.compute(1);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const float sign = (i % 16 % 2 == 0) == (i / 16 % 4 < 2) ? -1.0F : 1.0F;
    EXPECT_NEAR(actual[i], sign * 3 * kWidth, 1e-3F * 3 * kWidth);
  }
}

TEST_F(QuantizedProductTest, EveryByteOfTheWeightsCounts) {
  // Weights -128 to 127: bytes that ggml itself never makes, but a file may hold.
  Product product(GGML_TYPE_Q8_0, 256, 1, 8);
  product.build();
  auto* bytes = static_cast<std::uint8_t*>(product.weights->data);
  const ggml_fp16_t one = ggml_fp32_to_fp16(1.0F);
  for (int b = 0; b < 8; ++b, bytes += 34) {
    std::memcpy(bytes, &one, sizeof one);
    for (int i = 0; i < 32; ++i) bytes[2 + i] = static_cast<std::uint8_t>(32 * b + i);
  }
  std::vector<float> x(8 * 256, 127.0F);
  std::memcpy(product.x->data, x.data(), x.size() * sizeof(float));
  QuantizedProduct ours(1);
  ours.take_over(*product.node);
  EXPECT_THAT(product.compute(1), ::testing::Each(-128.0F * 127));
}

TEST_F(QuantizedProductTest, ServesProductsOfSeveralShapesInTurn) {
  QuantizedProduct ours(2);
  for (const int width : {64, 2304, 32}) {
    Product product(GGML_TYPE_Q8_0, width, 50, 21);
    product.build();
    product.fill();
    ours.take_over(*product.node);
    const auto actual = product.compute(2);
    const Exact exact(product);
    for (std::size_t i = 0; i < actual.size(); ++i) {
      EXPECT_NEAR(actual[i], exact.sums[i], 4e-7 * exact.sizes[i]);
    }
  }
}

class LeftToGgml : public ::testing::Test {
 protected:
  Product product{GGML_TYPE_Q8_0, 64, 32, 16};

  bool suits() {
    product.build();
    return QuantizedProduct::suits(*product.node);
  }
};

TEST_F(LeftToGgml, IsNotAPlainProduct) { EXPECT_TRUE(suits()); }

TEST_F(LeftToGgml, ActivationsThatAreNotContiguous) {
  auto* wide = ggml_new_tensor_2d(product.context.get(), GGML_TYPE_F32, 96, 16);
  product.x = ggml_view_2d(product.context.get(), wide, 64, 16, wide->nb[1], 0);
  EXPECT_FALSE(suits());
}

TEST_F(LeftToGgml, WeightsThatAreNotContiguous) {
  auto* wide = ggml_new_tensor_2d(product.context.get(), GGML_TYPE_Q8_0, 96, 32);
  product.weights = ggml_view_2d(product.context.get(), wide, 64, 32, wide->nb[1], 0);
  EXPECT_FALSE(suits());
}

TEST_F(LeftToGgml, SeveralMatrices) {
  product.x = ggml_new_tensor_3d(product.context.get(), GGML_TYPE_F32, 64, 16, 2);
  EXPECT_FALSE(suits());
}

TEST_F(LeftToGgml, OtherTypes) {
  product.weights = ggml_new_tensor_2d(product.context.get(), GGML_TYPE_F16, 64, 32);
  EXPECT_FALSE(suits());
}

TEST_F(LeftToGgml, OtherNodes) {
  product.build();
  auto* sum = ggml_add(product.context.get(), product.x, product.x);
  EXPECT_FALSE(QuantizedProduct::suits(*sum));
}

TEST_F(LeftToGgml, HintedWeights) {
  product.build();
  ggml_mul_mat_set_hint(product.node, GGML_HINT_SRC0_IS_HADAMARD);
  EXPECT_FALSE(QuantizedProduct::suits(*product.node));
}

}  // namespace
}  // namespace isogloss

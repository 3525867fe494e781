// The inner loops of attention and of GELU against the formulas in double precision.
#include <ggml.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "isogloss/model/attention_kernel_internal.h"
#include "isogloss/model/gelu_internal.h"
#include "isogloss/numeric/vector_math.h"

namespace isogloss {
namespace {

using Attend = void (*)(const AttentionQuery&, float*, float*);
using ApplyGelu = void (*)(GeluForm, const float*, const float*, std::size_t, float*);

constexpr std::uint16_t kMinusInfinity = 0xFC00;

std::vector<float> random_numbers(std::size_t n, float spread, std::mt19937& random) {
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> numbers(n);
  for (auto& number : numbers) number = normal(random);
  return numbers;
}

std::vector<double> reference(const AttentionQuery& query) {
  std::vector<double> weights;
  double sum = std::exp(query.sink);
  for (std::size_t k = 0; k < query.n_keys; ++k) {
    double score = 0;
    for (std::size_t i = 0; i < query.width; ++i) {
      score += static_cast<double>(query.x[i]) * query.keys[k * query.width + i];
    }
    score *= query.scale;
    if (query.cap != 0) score = query.cap * std::tanh(score / query.cap);
    weights.push_back(std::exp(score + ggml_fp16_to_fp32(query.mask[k])));
    sum += weights.back();
  }
  std::vector<double> out(query.value_width);
  for (std::size_t k = 0; k < query.n_keys; ++k) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] += weights[k] / sum * query.values[k * query.value_width + i];
    }
  }
  return out;
}

class AttentionKernel : public ::testing::TestWithParam<Attend> {
 protected:
  void SetUp() override {
    if (GetParam() == &attend_wide && !widest_vectors()) GTEST_SKIP() << "no AVX-512 here";
    if (GetParam() == &attend_avx2 && !has_avx2()) GTEST_SKIP() << "no AVX2 here";
  }
};

TEST_P(AttentionKernel, IsTheFormula) {
  std::mt19937 random(7);
  for (const std::size_t width : {16, 24, 64, 80, 256}) {
    for (const std::size_t n_keys : {1, 2, 19, 200}) {
      const auto x = random_numbers(width, 1, random);
      const auto keys = random_numbers(width * n_keys, 1, random);
      const auto values = random_numbers((width + 8) * n_keys, 1, random);
      std::vector<std::uint16_t> mask(n_keys, 0);
      if (n_keys > 2) mask[n_keys / 2] = kMinusInfinity;
      AttentionQuery query{x.data(), mask.data(), keys.data(), values.data(),
                           n_keys,   width,       width + 8};
      query.scale = 0.5F;
      for (const float cap : {0.F, 3.F}) {
        for (const float sink : {-INFINITY, 1.F}) {
          query.cap = cap;
          query.sink = sink;
          std::vector<float> scores(n_keys), out(query.value_width, 99);
          GetParam()(query, scores.data(), out.data());
          std::vector<float> portable(query.value_width);
          attend_portable(query, scores.data(), portable.data());
          EXPECT_EQ(out, portable) << "other bits on this processor";
          const auto expected = reference(query);
          for (std::size_t i = 0; i < out.size(); ++i) {
            EXPECT_NEAR(out[i], expected[i], 4e-6) << width << ", " << n_keys << " keys";
          }
        }
      }
    }
  }
}

TEST_P(AttentionKernel, OfScoresBeyondTheRangeOfExpIsFinite) {
  const std::vector<float> x(16, 30.F);
  std::vector<float> keys(32, 30.F);
  keys[31] = 29.F;  // 30 less: e^-30 of the first key's weight
  const std::vector<float> values = {1, 2};
  const std::vector<std::uint16_t> mask(2, 0);
  const AttentionQuery query{x.data(), mask.data(), keys.data(), values.data(), 2, 16,
                             1,        1,           0,           -INFINITY};
  std::vector<float> scores(2);
  float out = 0;
  GetParam()(query, scores.data(), &out);
  EXPECT_FLOAT_EQ(out, 1);
}

TEST_P(AttentionKernel, WithoutKeysIsZero) {
  const float x = 1;
  float out = 99;
  GetParam()({.x = &x, .width = 1, .value_width = 1}, nullptr, &out);
  EXPECT_EQ(out, 0);
}

INSTANTIATE_TEST_SUITE_P(Vectors, AttentionKernel,
                         ::testing::Values(&attend_portable, &attend_avx2, &attend_wide));

class GeluKernel : public ::testing::TestWithParam<ApplyGelu> {
 protected:
  void SetUp() override {
    if (GetParam() == &gelu_wide && !widest_vectors()) GTEST_SKIP() << "no AVX-512 here";
    if (GetParam() == &gelu_avx2 && !has_avx2()) GTEST_SKIP() << "no AVX2 here";
  }
};

TEST_P(GeluKernel, IsTheFormula) {
  std::vector<float> x, gate;
  for (float number = -20; number <= 20; number += 0.01F) {
    x.push_back(number);
    gate.push_back(0.5F - number / 3);
  }
  std::vector<float> out(x.size());
  for (const auto form : {GeluForm::kTanh, GeluForm::kErf}) {
    for (const bool gated : {false, true}) {
      const float* const factors = gated ? gate.data() : nullptr;
      GetParam()(form, x.data(), factors, x.size(), out.data());
      std::vector<float> portable(x.size());
      gelu_portable(form, x.data(), factors, x.size(), portable.data());
      EXPECT_EQ(out, portable) << "other bits on this processor";
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double number = x[i];
        const double phi = form == GeluForm::kErf
                               ? std::erfc(-number * M_SQRT1_2) / 2
                               : (1 + std::tanh(std::sqrt(2 / M_PI) *
                                                (number + 0.044715 * number * number * number))) /
                                     2;
        EXPECT_NEAR(out[i], number * phi * (gated ? gate[i] : 1), 1e-6 * (1 + std::abs(number)))
            << number;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, GeluKernel,
                         ::testing::Values(&gelu_portable, &gelu_avx2, &gelu_wide));

TEST(VectorMath, ExpIsExp) {
  for (float x = -90; x < 88; x += 0.037F) {
    const double expected = x < -87.3F ? 0 : std::exp(static_cast<double>(x));
    EXPECT_NEAR(fast_exp(x), expected, 2.5e-7 * expected) << x;
  }
  EXPECT_EQ(fast_exp(-INFINITY), 0);
  EXPECT_EQ(fast_exp(-1e30F), 0);
  EXPECT_TRUE(std::isfinite(fast_exp(1e30F)));
  EXPECT_TRUE(std::isnan(fast_exp(NAN)));
}

}  // namespace
}  // namespace isogloss

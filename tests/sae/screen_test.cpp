// What is screened against the formula in double precision: nothing that fires may be missed, on
// rows whose channels differ as much as a residual stream's do.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "../support/golden_tensors.h"
#include "isogloss/sae/screen_internal.h"
#include "sae_fixtures.h"

namespace isogloss {
namespace {

constexpr std::int32_t kWidth = 96;
constexpr std::int32_t kFeatures = 500;
constexpr std::size_t kRows = 300;

/// A residual stream's: one channel a thousand times the others, some of other sizes.
std::vector<float> uneven_rows() {
  auto rows = random_floats(kRows * kWidth, 1.0F, 21);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto channel = i % kWidth;
    if (channel == 40) rows[i] = 1000 + rows[i];
    if (channel % 7 == 0) rows[i] *= 20;
    if (channel % 11 == 0) rows[i] *= 1e-3F;
  }
  return rows;
}

/// Few features fire, and some pre-activations are next to their cutoffs.
Sae uneven_sae(SaeActivation activation, std::span<const float> rows) {
  auto sae = random_sae(kWidth, kFeatures, activation);
  for (std::size_t i = 0; i < sae.w_enc.size(); ++i) {
    if (i / kFeatures == 40) sae.w_enc[i] *= 0.01F;
    if (i % 13 == 0) sae.w_enc[i] *= 30;
  }
  sae.threshold.clear();
  if (activation == SaeActivation::kGated) {
    sae.gate_bias = random_floats(kFeatures, 1, 22);
    for (auto& bias : sae.gate_bias) bias -= 100;
    sae.gain = random_floats(kFeatures, 1, 23);
    for (auto& gain : sae.gain) gain = std::exp(gain);
  }
  if (activation != SaeActivation::kJumpRelu) return sae;
  // Of each feature, the pre-activation on some row, in float32 or a step beside it.
  sae.activation = SaeActivation::kRelu;
  sae.b_enc.assign(kFeatures, 1e6F);
  const auto all = dense(encode_reference(sae, rows), kFeatures);
  sae.b_enc.assign(kFeatures, 0);
  sae.threshold.resize(kFeatures);
  for (std::size_t f = 0; f < sae.threshold.size(); ++f) {
    sae.threshold[f] = std::fabs(all[f % kRows * kFeatures + f] - 1e6F);
  }
  sae.activation = activation;
  return sae;
}

/// Of `n` vectors whose numbers are `step` apart; vector i begins at i · distance.
std::vector<double> lengths(std::span<const float> numbers, std::size_t n, std::size_t distance,
                            std::size_t step) {
  std::vector<double> result(n);
  const auto width = numbers.size() / n;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t d = 0; d < width; ++d) {
      sum += std::pow(numbers[i * distance + d * step], 2.0);
    }
    result[i] = std::sqrt(sum);
  }
  return result;
}

/// `found` may differ from `wanted` only where float32 cannot tell.
void expect_same(const Sae& sae, const SparseRows& found, const SparseRows& wanted,
                 std::span<const float> rows) {
  expect_well_formed(found, sae.n_features);
  const auto a = dense(found, sae.n_features);
  const auto b = dense(wanted, sae.n_features);
  ASSERT_EQ(a.size(), b.size());
  const auto features = static_cast<std::size_t>(sae.n_features);
  const auto width = static_cast<std::size_t>(sae.d_in);
  const auto of_rows = lengths(rows, rows.size() / width, width, 1);
  const auto of_weights = lengths(sae.w_enc, features, 1, features);
  for (std::size_t i = 0; i < a.size(); ++i) {
    // Rounding a row's numbers and its bias, and a pre-activation.
    const double tolerance =
        3e-7 * (of_rows[i / features] * of_weights[i % features] + std::fabs(b[i]));
    const double cutoff = sae.threshold.empty() ? 0 : sae.threshold[i % features];
    if ((a[i] > 0) == (b[i] > 0)) {
      EXPECT_NEAR(a[i], b[i], tolerance) << "element " << i;
    } else if (sae.activation == SaeActivation::kJumpRelu) {
      EXPECT_NEAR(std::max(a[i], b[i]), cutoff, tolerance) << "element " << i;
    } else {
      ADD_FAILURE() << "element " << i << " is " << a[i] << " and should be " << b[i];
    }
  }
}

class ScreenedActivation : public ::testing::TestWithParam<SaeActivation> {};

TEST_P(ScreenedActivation, FindsAllThatFires) {
  const auto rows = uneven_rows();
  auto sae = uneven_sae(GetParam(), rows);
  for (const bool rescale : {false, true}) {
    sae.rescale_acts_by_decoder_norm = rescale && GetParam() == SaeActivation::kTopK;
    const auto wanted = encode_reference(sae, rows);
    ASSERT_GT(wanted.features.size(), kRows);
    expect_same(sae, Encoder(sae, 2, false).encode(rows), wanted, rows);
  }
}

INSTANTIATE_TEST_SUITE_P(Activations, ScreenedActivation,
                         ::testing::Values(SaeActivation::kRelu, SaeActivation::kJumpRelu,
                                           SaeActivation::kTopK, SaeActivation::kGated));

/// 31 numbers that 8 bits round down by nearly half a step, and one that sets the step.
std::vector<float> rounded_down() {
  std::vector<float> numbers(32, 64.498046875F);
  numbers[0] = 127;
  return numbers;
}

/// All errors add up to what Cauchy and Schwarz allow.
TEST(Screened, FindsWhatIsAtItsLimit) {
  const std::vector<float> ones(32, 1.0F);
  for (const bool of_rows : {true, false}) {
    const auto row = of_rows ? rounded_down() : ones;
    auto sae = random_sae(32, 1, SaeActivation::kRelu);
    sae.w_enc = of_rows ? ones : rounded_down();
    sae.b_enc = {-(127 + 31 * 64.498046875F) + 0.25F};
    EXPECT_THAT(Encoder(sae, 1, false).encode(row).values, ::testing::ElementsAre(0.25F));
  }
}

class DemoRows : public ::testing::Test {
 protected:
  const Sae sae_ = load_sae(ISOGLOSS_SOURCE_DIR "/data/demo-sae");
  const std::vector<float> rows_ =
      testing::GoldenTensors("residual-demo.safetensors").floats("rows");
};

TEST_F(DemoRows, FireAsInDoublePrecision) {
  expect_same(sae_, Encoder(sae_, 1, false).encode(rows_), encode_reference(sae_, rows_), rows_);
}

TEST_F(DemoRows, HaveFewCandidates) {
  if (!ScreenedWeights::suit(sae_)) GTEST_SKIP() << "no kernels for this processor";
  Screen screen(std::make_shared<const ScreenedWeights>(sae_));
  const auto width = static_cast<std::size_t>(sae_.d_in);
  auto prepared = rows_;
  for (std::size_t i = 0; i < prepared.size(); ++i) prepared[i] -= sae_.b_dec[i % width];
  const auto n_rows = std::min(Screen::kRows, prepared.size() / width);
  screen.look_at(std::span(prepared).first(n_rows * width));
  std::size_t n_candidates = 0;
  for (std::size_t r = 0; r < n_rows; ++r) n_candidates += screen.candidates(r).size();
  // 45 of the 4,096 features fire.
  EXPECT_LT(n_candidates, 120 * n_rows);
}

}  // namespace
}  // namespace isogloss

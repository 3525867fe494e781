// The blocked encoder against the formula in double precision, at sizes no kernel likes.
#include "isogloss/sae/encode.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "sae_fixtures.h"

namespace isogloss {
namespace {

/// The two may differ where a pre-activation lies within rounding of its cutoff.
void expect_close(const Sae& sae, const SparseRows& found, const SparseRows& wanted,
                  double tolerance) {
  expect_well_formed(found, sae.n_features);
  ASSERT_EQ(found.n_rows(), wanted.n_rows());
  const auto a = dense(found, sae.n_features);
  const auto b = dense(wanted, sae.n_features);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((a[i] > 0) == (b[i] > 0)) {
      EXPECT_NEAR(a[i], b[i], tolerance) << "element " << i;
    } else {
      const auto feature = i % static_cast<std::size_t>(sae.n_features);
      const float cutoff = sae.threshold.empty() ? 0 : std::max(sae.threshold[feature], 0.0F);
      EXPECT_NEAR(std::max(a[i], b[i]), cutoff, tolerance) << "element " << i;
    }
  }
}

using Sizes = std::tuple<int, int, int>;  // rows, d_in, features

class EncoderSizes : public testing::TestWithParam<Sizes> {};

TEST_P(EncoderSizes, AgreesWithTheReference) {
  const auto [n_rows, d_in, n_features] = GetParam();
  const auto x =
      random_floats(static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(d_in), 3.0F, 11);
  for (const auto activation : {SaeActivation::kRelu, SaeActivation::kJumpRelu}) {
    for (const auto normalization : {SaeNormalization::kNone, SaeNormalization::kLayerNorm}) {
      auto sae = random_sae(d_in, n_features, activation);
      sae.normalization = normalization;
      sae.apply_b_dec_to_input = normalization == SaeNormalization::kNone;
      expect_close(sae, Encoder(sae, 2, false).encode(x), encode_reference(sae, x),
                   1e-5 * std::sqrt(d_in));
    }
  }
}

TEST_P(EncoderSizes, KeepsAsManyAsTopKAllows) {
  const auto [n_rows, d_in, n_features] = GetParam();
  const auto x =
      random_floats(static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(d_in), 3.0F, 12);
  auto sae = random_sae(d_in, n_features, SaeActivation::kTopK);
  sae.rescale_acts_by_decoder_norm = true;
  const auto rows = Encoder(sae, 2, false).encode(x);
  expect_well_formed(rows, sae.n_features);
  const auto wanted = encode_reference(sae, x);
  ASSERT_EQ(rows.offsets, wanted.offsets);
  double error = 0;
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    // Near ties may be chosen otherwise; the values are then as near.
    error = std::max(error, static_cast<double>(std::fabs(rows.values[i] - wanted.values[i])) *
                                (rows.features[i] == wanted.features[i]));
  }
  EXPECT_LE(error, 1e-5 * std::sqrt(d_in));
}

INSTANTIATE_TEST_SUITE_P(Odd, EncoderSizes,
                         testing::Values(Sizes{1, 3, 1}, Sizes{1, 33, 50}, Sizes{7, 31, 67},
                                         Sizes{255, 17, 129}, Sizes{256, 64, 96},
                                         Sizes{257, 65, 33}, Sizes{513, 127, 259}));

TEST(Encoder, GivesAnEmptyResultForNoRows) {
  const auto sae = random_sae(5, 9, SaeActivation::kRelu);
  EXPECT_EQ(Encoder(sae, 1, false).encode({}).n_rows(), 0);
}

TEST(Encoder, RepeatsItsBitsAndOutlivesTheSae) {
  const auto x = random_floats(300 * 33, 2.0F, 13);
  auto sae = std::make_unique<Sae>(random_sae(33, 130, SaeActivation::kJumpRelu));
  Encoder first(*sae, 2, false);
  const auto wanted = first.encode(x);
  auto moved = std::move(first);
  sae.reset();
  for (int i = 0; i < 5; ++i) {
    const auto again = moved.encode(x);
    EXPECT_EQ(again.features, wanted.features);
    EXPECT_EQ(again.values, wanted.values);
    EXPECT_EQ(again.offsets, wanted.offsets);
  }
}

TEST(Encoder, DoesNotDependOnTheRowsBeside) {
  const auto sae = random_sae(40, 100, SaeActivation::kRelu);
  const auto x = random_floats(70 * 40, 2.0F, 14);
  Encoder encoder(sae, 2, false);
  const auto together = dense(encoder.encode(x), sae.n_features);
  for (std::size_t r = 0; r < 70; ++r) {
    const auto alone = dense(encoder.encode(std::span(x).subspan(r * 40, 40)), sae.n_features);
    EXPECT_THAT(alone, ::testing::ElementsAreArray(std::span(together).subspan(r * 100, 100)));
  }
}

/// Width 1, weights 1: h is the input itself.
Sae identity_sae(std::vector<float> threshold) {
  Sae sae;
  sae.d_in = 1;
  sae.n_features = static_cast<std::int32_t>(threshold.size());
  sae.w_enc.assign(threshold.size(), 1.0F);
  sae.b_enc.assign(threshold.size(), 0.0F);
  sae.w_dec.assign(threshold.size(), 1.0F);
  sae.b_dec = {0.0F};
  sae.threshold = std::move(threshold);
  sae.activation = SaeActivation::kJumpRelu;
  return sae;
}

TEST(Encoder, ComparesThresholdsStrictly) {
  const float t = 0.7F;
  const auto sae = identity_sae({t, std::nextafter(t, 0.0F), std::nextafter(t, 1.0F), -1.0F});
  const std::vector<float> x = {t, -0.5F, 0.0F};
  for (const auto& rows : {Encoder(sae, 1, false).encode(x), encode_reference(sae, x)}) {
    EXPECT_EQ(rows.features, (std::vector<std::int32_t>{1, 3}));
    EXPECT_EQ(rows.values, (std::vector<float>{t, t}));
    EXPECT_EQ(rows.offsets, (std::vector<std::int64_t>{0, 2, 2, 2}));
  }
}

TEST(Encoder, BreaksTopKTiesByTheLowestFeature) {
  auto sae = identity_sae({0, 0, 0, 0, 0});
  sae.threshold.clear();
  sae.activation = SaeActivation::kTopK;
  sae.k = 3;
  sae.w_enc = {1, 2, 1, 1, -3};
  const std::vector<float> x = {1.0F, -1.0F};
  for (const auto& rows : {Encoder(sae, 1, false).encode(x), encode_reference(sae, x)}) {
    // Second row: of -1, -2, -1, -1, 3 only the last is positive.
    EXPECT_EQ(rows.features, (std::vector<std::int32_t>{0, 1, 2, 4}));
    EXPECT_EQ(rows.values, (std::vector<float>{1, 2, 1, 3}));
    EXPECT_EQ(rows.offsets, (std::vector<std::int64_t>{0, 3, 4}));
  }
}

TEST(Encoder, RefusesInputThatIsNotFinite) {
  const auto sae = random_sae(4, 6, SaeActivation::kRelu);
  Encoder encoder(sae, 1, false);
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    std::vector<float> x(3 * 4, 1.0F);
    x[9] = bad;
    expect_error([&] { encoder.encode(x); }, ErrorCode::kBadInput, {"row 2", "component 1"});
    expect_error([&] { encode_reference(sae, x); }, ErrorCode::kBadInput, {"row 2"});
  }
}

TEST(Encoder, RefusesAPreActivationThatOverflows) {
  for (const auto activation : {SaeActivation::kJumpRelu, SaeActivation::kTopK}) {
    auto sae = identity_sae({0, 0});
    sae.activation = activation;
    sae.k = 1;
    sae.w_enc = {1, 3e38F};
    Encoder encoder(sae, 1, false);
    const std::vector<float> x = {1.0F, 1e5F};
    expect_error([&] { encoder.encode(x); }, ErrorCode::kBadInput, {"feature 1", "row 1"});
  }
}

TEST(Encoder, RefusesRowsOfAnotherWidth) {
  const auto sae = random_sae(4, 6, SaeActivation::kRelu);
  const std::vector<float> x(6, 1.0F);
  expect_error([&] { Encoder(sae, 1, false).encode(x); }, ErrorCode::kBadInput, {"width 4"});
}

TEST(Encoder, RefusesToScaleAZeroRow) {
  auto sae = random_sae(4, 6, SaeActivation::kRelu);
  sae.normalization = SaeNormalization::kConstantNormRescale;
  const std::vector<float> x(4, 0.0F);
  expect_error([&] { Encoder(sae, 1, false).encode(x); }, ErrorCode::kBadInput, {"row 0", "zero"});
}

}  // namespace
}  // namespace isogloss

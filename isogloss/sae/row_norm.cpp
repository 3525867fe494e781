// Formulas: sae_lens.saes.sae.SAE._setup_activation_normalization (6.54).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "isogloss/core/error.h"
#include "isogloss/sae/matrices.h"
#include "isogloss/sae/row_norm_internal.h"

namespace isogloss {
namespace {

/// Added to the standard deviation on the way in, not on the way out.
constexpr double kLayerNormEpsilon = 1e-5;

double squared_sum(std::span<const float> row, double shift) {
  return std::accumulate(row.begin(), row.end(), 0.0, [&](double sum, double value) {
    return sum + (value - shift) * (value - shift);
  });
}

}  // namespace

RowNorm measure_row(SaeNormalization normalization, std::span<const float> row,
                    std::int64_t row_index) {
  const auto bad = std::ranges::find_if_not(row, [](float v) { return std::isfinite(v); });
  if (bad != row.end()) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("activation row {} is {} in component {}; the model's weights are damaged "
                    "or its arithmetic overflowed",
                    row_index, *bad, bad - row.begin()));
  }
  const auto d_in = static_cast<double>(row.size());
  if (normalization == SaeNormalization::kConstantNormRescale) {
    const double scale = std::sqrt(squared_sum(row, 0) / d_in);
    if (scale == 0) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("activation row {} is zero, which this SAE's constant_norm_rescale "
                              "cannot scale; check the hook",
                              row_index));
    }
    return {0, scale, scale};
  }
  if (normalization == SaeNormalization::kLayerNorm) {
    const double mean = std::accumulate(row.begin(), row.end(), 0.0) / d_in;
    const double deviation = std::sqrt(squared_sum(row, mean) / (d_in - 1));
    return {mean, deviation + kLayerNormEpsilon, deviation};
  }
  return {};
}

std::int64_t count_rows(std::span<const float> x, std::int32_t d_in) {
  if (x.size() % static_cast<std::size_t>(d_in) != 0) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{} activations are no whole rows of the SAE's width {}; the SAE belongs "
                    "to another model",
                    x.size(), d_in));
  }
  return static_cast<std::int64_t>(x.size() / static_cast<std::size_t>(d_in));
}

std::vector<float> rescaling_norms(const Sae& sae) {
  if (!sae.rescale_acts_by_decoder_norm) return {};
  return row_lengths(sae.w_dec, sae.b_dec.size());
}

}  // namespace isogloss

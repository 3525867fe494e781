#include <ggml.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "isogloss/sae/row_norm_internal.h"
#include "isogloss/sae/screen_internal.h"

namespace isogloss {
namespace {

/// More than float32 loses in adding up squares that were added up in double precision.
constexpr double kWiden = 1.000001;
/// See screen.cpp.
constexpr double kRounding = 1e-6;

constexpr auto kType = GGML_TYPE_Q8_0;

}  // namespace

bool ScreenedWeights::suit(const Sae& sae) {
  return best_kernels() != nullptr && sae.activation != SaeActivation::kGroupMax;
}

ScreenedWeights::ScreenedWeights(const Sae& sae)
    : d_in_(static_cast<std::size_t>(sae.d_in)),
      n_features_(static_cast<std::size_t>(sae.n_features)),
      n_blocks_((d_in_ + kNumbersPerBlock - 1) / kNumbersPerBlock),
      n_panels_((n_features_ + kRowsPerPanel - 1) / kRowsPerPanel),
      k_(sae.activation == SaeActivation::kTopK ? static_cast<std::size_t>(sae.k) : 0),
      packed_(n_panels_ * n_blocks_),
      rows_(n_features_ * stride()),
      limits_(n_panels_) {
  if (k_ > 0) bias_ = sae.b_enc;
  for (std::size_t panel = 0; panel < n_panels_; ++panel) pack_panel(panel, sae);
  limit_by_activation(sae);
}

void ScreenedWeights::pack_panel(std::size_t panel, const Sae& sae) {
  const auto first = panel * kRowsPerPanel;
  const auto n = std::min(kRowsPerPanel, n_features_ - first);
  std::vector<float> padded(n * stride(), 0.0F);
  for (std::size_t i = 0; i < d_in_; ++i) {
    const float* const source = sae.w_enc.data() + i * n_features_ + first;
    for (std::size_t f = 0; f < n; ++f) padded[f * stride() + i] = source[f];
  }
  const auto width = static_cast<std::int64_t>(stride());
  const auto row_bytes = ggml_row_size(kType, width);
  std::vector<std::uint8_t> quantised(n * row_bytes);
  ggml_quantize_chunk(kType, padded.data(), quantised.data(), 0, static_cast<std::int64_t>(n),
                      width, nullptr);
  best_kernels()->find(kType)->pack_panel(quantised.data(), row_bytes, n, n_blocks_,
                                          packed_.data() + panel * n_blocks_);
  std::vector<float> dequantised(stride());
  for (std::size_t f = 0; f < n; ++f) {
    std::copy_n(padded.data() + f * stride(), d_in_, rows_.data() + (first + f) * stride());
    ggml_get_type_traits(kType)->to_float(quantised.data() + f * row_bytes, dequantised.data(),
                                          width);
    limit(panel, f, dequantised);
  }
}

/// By Cauchy and Schwarz, with ŵ and x̂ the weights and the row in 8 bits:
///   |x·w − x̂·ŵ| ≤ ‖x − x̂‖ ‖w‖ + ‖x̂‖ ‖w − ŵ‖,
/// and float32 adds n_blocks terms, whose sizes add up to at most ‖x̂‖ ‖ŵ‖.
void ScreenedWeights::limit(std::size_t panel, std::size_t lane,
                            std::span<const float> dequantised) {
  const auto* const w = rows_.data() + (panel * kRowsPerPanel + lane) * stride();
  double length = 0, error = 0, length_in_8_bits = 0;
  for (std::size_t i = 0; i < d_in_; ++i) {
    const double difference = double{w[i]} - double{dequantised[i]};
    length += double{w[i]} * double{w[i]};
    error += difference * difference;
    length_in_8_bits += double{dequantised[i]} * double{dequantised[i]};
  }
  const double rounding = (static_cast<double>(n_blocks_) + 8) * 0x1p-24;
  auto& limits = limits_[panel];
  limits.length_of_weights[lane] = static_cast<float>(kWiden * std::sqrt(length));
  limits.error_of_weights[lane] =
      static_cast<float>(kWiden * (std::sqrt(error) + rounding * std::sqrt(length_in_8_bits)));
}

void ScreenedWeights::limit_by_activation(const Sae& sae) {
  constexpr float kNever = std::numeric_limits<float>::infinity();
  const auto rescaling = rescaling_norms(sae);
  for (auto& limits : limits_) std::ranges::fill(limits.offset, kNever);
  for (std::size_t f = 0; f < n_features_; ++f) {
    auto& limits = limits_[f / kRowsPerPanel];
    const auto lane = f % kRowsPerPanel;
    const bool gated = sae.activation == SaeActivation::kGated;
    const double bias = gated ? sae.gate_bias[f] : sae.b_enc[f];
    const double cutoff = sae.threshold.empty() ? 0 : std::max(sae.threshold[f], 0.0F);
    limits.offset[lane] =
        static_cast<float>(cutoff - bias - kRounding * (cutoff + std::fabs(bias)));
    if (k_ > 0) {
      const float scale = rescaling.empty() ? 1 : rescaling[f];
      limits.per_floor[lane] = scale == 0 ? 0 : 1 / scale;
      if (scale == 0) limits.offset[lane] = kNever;
    }
  }
}

}  // namespace isogloss

// The formulas of sae.h in double precision, one row at a time.
#include <algorithm>
#include <numeric>

#include "isogloss/sae/encode.h"
#include "isogloss/sae/row_norm_internal.h"

namespace isogloss {
namespace {

/// Pre-activations of one row [n_features].
std::vector<float> pre_activations(const Sae& sae, std::span<const float> row, RowNorm norm,
                                   std::span<const float> rescaling) {
  const auto d_in = static_cast<std::size_t>(sae.d_in);
  const auto n_features = static_cast<std::size_t>(sae.n_features);
  std::vector<double> sums(sae.b_enc.begin(), sae.b_enc.end());
  for (std::size_t i = 0; i < d_in; ++i) {
    double input = (row[i] - norm.shift) / norm.divide;
    if (sae.apply_b_dec_to_input) input -= sae.b_dec[i];
    const float* weights = sae.w_enc.data() + i * n_features;
    for (std::size_t f = 0; f < n_features; ++f) sums[f] += input * weights[f];
  }
  for (std::size_t f = 0; f < rescaling.size(); ++f) sums[f] *= rescaling[f];
  return {sums.begin(), sums.end()};
}

/// The features whose pre-activation the activation function lets through, ascending.
std::vector<std::int32_t> active_features(const Sae& sae, std::span<const float> h) {
  std::vector<std::int32_t> features(h.size());
  std::iota(features.begin(), features.end(), 0);
  const auto at = [&](std::int32_t f) { return h[static_cast<std::size_t>(f)]; };
  if (sae.activation == SaeActivation::kTopK) {
    std::ranges::stable_sort(features, std::ranges::greater(), at);
    features.resize(static_cast<std::size_t>(sae.k));
    std::ranges::sort(features);
  }
  std::erase_if(features, [&](std::int32_t f) {
    const bool below = sae.activation == SaeActivation::kJumpRelu &&
                       at(f) <= sae.threshold[static_cast<std::size_t>(f)];
    return below || at(f) <= 0;
  });
  return features;
}

}  // namespace

SparseRows encode_reference(const Sae& sae, std::span<const float> x) {
  const auto d_in = static_cast<std::size_t>(sae.d_in);
  const auto rescaling = rescaling_norms(sae);
  const auto n_rows = count_rows(x, sae.d_in);
  SparseRows rows;
  for (std::int64_t r = 0; r < n_rows; ++r) {
    const auto row = x.subspan(static_cast<std::size_t>(r) * d_in, d_in);
    const auto h = pre_activations(sae, row, measure_row(sae.normalization, row, r), rescaling);
    for (const auto feature : active_features(sae, h)) {
      rows.features.push_back(feature);
      rows.values.push_back(h[static_cast<std::size_t>(feature)]);
    }
    rows.offsets.push_back(static_cast<std::int64_t>(rows.features.size()));
  }
  return rows;
}

std::vector<float> decode(const Sae& sae, const SparseRows& activations, std::span<const float> x) {
  const auto d_in = static_cast<std::size_t>(sae.d_in);
  const auto rescaling = rescaling_norms(sae);
  std::vector<float> reconstruction;
  reconstruction.reserve(x.size());
  for (std::int64_t r = 0; r < activations.n_rows(); ++r) {
    const auto row = static_cast<std::size_t>(r);
    const auto norm = measure_row(sae.normalization, x.subspan(row * d_in, d_in), r);
    std::vector<double> sums(sae.b_dec.begin(), sae.b_dec.end());
    for (auto i = activations.offsets[row]; i < activations.offsets[row + 1]; ++i) {
      const auto entry = static_cast<std::size_t>(i);
      const auto feature = static_cast<std::size_t>(activations.features[entry]);
      double value = activations.values[entry];
      if (!rescaling.empty()) value /= rescaling[feature];
      const float* direction = sae.w_dec.data() + feature * d_in;
      for (std::size_t j = 0; j < d_in; ++j) sums[j] += value * direction[j];
    }
    for (const double sum : sums) {
      reconstruction.push_back(static_cast<float>(sum * norm.multiply + norm.shift));
    }
  }
  return reconstruction;
}

}  // namespace isogloss

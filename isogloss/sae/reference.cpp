// The formulas of sae.h in double precision, one row at a time.
#include <algorithm>
#include <numeric>

#include "isogloss/sae/encode.h"
#include "isogloss/sae/row_norm_internal.h"

namespace isogloss {
namespace {

/// The prepared row times W_enc [n_features].
std::vector<double> products(const Sae& sae, std::span<const float> row, RowNorm norm) {
  const auto d_in = static_cast<std::size_t>(sae.d_in);
  const auto n_features = static_cast<std::size_t>(sae.n_features);
  std::vector<double> sums(n_features, 0.0);
  for (std::size_t i = 0; i < d_in; ++i) {
    double input = (row[i] - norm.shift) / norm.divide;
    if (sae.apply_b_dec_to_input) input -= sae.b_dec[i];
    const float* weights = sae.w_enc.data() + i * n_features;
    for (std::size_t f = 0; f < n_features; ++f) sums[f] += input * weights[f];
  }
  return sums;
}

/// Pre-activations [n_features]; a feature whose gate is shut has 0.
std::vector<float> pre_activations(const Sae& sae, std::span<const double> products,
                                   std::span<const float> rescaling) {
  std::vector<float> h(products.size());
  for (std::size_t f = 0; f < h.size(); ++f) {
    double value = products[f] * (sae.gain.empty() ? 1.0F : sae.gain[f]) + sae.b_enc[f];
    if (!rescaling.empty()) value *= rescaling[f];
    const bool shut = !sae.gate_bias.empty() && products[f] + sae.gate_bias[f] <= 0;
    h[f] = shut ? 0.0F : static_cast<float>(value);
  }
  return h;
}

/// Whether an earlier feature of `feature`'s group has the same pre-activation or any a larger one.
bool is_beaten_in_group(const Sae& sae, std::span<const float> h, std::size_t feature) {
  const auto size = h.size() / static_cast<std::size_t>(sae.k);
  const auto group = h.subspan(feature / size * size, size);
  return &*std::ranges::max_element(group) != &h[feature];
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
    const bool beaten = sae.activation == SaeActivation::kGroupMax &&
                        is_beaten_in_group(sae, h, static_cast<std::size_t>(f));
    return below || beaten || at(f) <= 0;
  });
  return features;
}

/// Adds x W_skip to `sums` [d_out].
void add_skip(const Sae& sae, std::span<const float> input, std::span<double> sums) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    const auto row = std::span(sae.w_skip).subspan(i * sums.size(), sums.size());
    for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += double{input[i]} * row[j];
  }
}

}  // namespace

SparseRows encode_reference(const Sae& sae, std::span<const float> x) {
  const auto d_in = static_cast<std::size_t>(sae.d_in);
  const auto rescaling = rescaling_norms(sae);
  const auto n_rows = count_rows(x, sae.d_in);
  SparseRows rows;
  for (std::int64_t r = 0; r < n_rows; ++r) {
    const auto row = x.subspan(static_cast<std::size_t>(r) * d_in, d_in);
    const auto h =
        pre_activations(sae, products(sae, row, measure_row(sae.normalization, row, r)), rescaling);
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
  const auto d_out = sae.b_dec.size();
  std::vector<float> reconstruction;
  reconstruction.reserve(static_cast<std::size_t>(activations.n_rows()) * d_out);
  for (std::int64_t r = 0; r < activations.n_rows(); ++r) {
    const auto row = static_cast<std::size_t>(r);
    const auto input = x.subspan(row * d_in, d_in);
    // A transcoder's output is in the space of another hook.
    const auto norm = sae.is_transcoder ? RowNorm{} : measure_row(sae.normalization, input, r);
    std::vector<double> sums(sae.b_dec.begin(), sae.b_dec.end());
    for (auto i = activations.offsets[row]; i < activations.offsets[row + 1]; ++i) {
      const auto entry = static_cast<std::size_t>(i);
      const auto feature = static_cast<std::size_t>(activations.features[entry]);
      double value = activations.values[entry];
      if (!rescaling.empty()) value /= rescaling[feature];
      const float* direction = sae.w_dec.data() + feature * d_out;
      for (std::size_t j = 0; j < d_out; ++j) sums[j] += value * direction[j];
    }
    for (auto& sum : sums) sum = sum * norm.multiply + norm.shift;
    if (!sae.w_skip.empty()) add_skip(sae, input, sums);
    reconstruction.insert(reconstruction.end(), sums.begin(), sums.end());
  }
  return reconstruction;
}

}  // namespace isogloss

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "isogloss/core/error.h"
#include "isogloss/sae/activation_internal.h"
#include "isogloss/sae/row_norm_internal.h"

namespace isogloss {
namespace {

/// Features that are looked at together. So few features fire that most of these groups are skipped
/// after one vector loop.
constexpr std::size_t kFeaturesPerGroup = 32;

void push(std::int32_t feature, float value, std::int64_t row, SparseRows& out) {
  if (!std::isfinite(value)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("feature {} overflows on activation row {}; the SAE belongs to another "
                            "model or layer",
                            feature, row));
  }
  out.features.push_back(feature);
  out.values.push_back(value);
}

}  // namespace

ActivationFunction::ActivationFunction(const Sae& sae)
    : activation_(sae.activation),
      k_(sae.k),
      b_enc_(sae.b_enc),
      cutoff_(sae.b_enc.size(), 0.0F),
      gate_bias_(sae.gate_bias),
      gain_(sae.gain),
      rescaling_(rescaling_norms(sae)) {
  for (std::size_t f = 0; f < sae.threshold.size(); ++f) {
    cutoff_[f] = std::max(sae.threshold[f], 0.0F);  // h > threshold and h > 0
  }
}

float ActivationFunction::pre_activation(const Candidate& candidate) const {
  const auto f = static_cast<std::size_t>(candidate.feature);
  const float gain = gain_.empty() ? 1.0F : gain_[f];
  const float h = candidate.product * gain + b_enc_[f];
  return rescaling_.empty() ? h : h * rescaling_[f];
}

/// NaN fires, and is refused.
bool ActivationFunction::fires(const Candidate& candidate) const {
  const auto f = static_cast<std::size_t>(candidate.feature);
  if (!gate_bias_.empty() && candidate.product + gate_bias_[f] <= 0) return false;
  return !(pre_activation(candidate) <= cutoff_[f]);
}

void ActivationFunction::append(std::span<const Candidate> candidates, std::int64_t row,
                                SparseRows& out) {
  if (activation_ == SaeActivation::kTopK) {
    append_top_k(candidates, row, out);
  } else {
    for (const auto& candidate : candidates) {
      if (fires(candidate)) push(candidate.feature, pre_activation(candidate), row, out);
    }
  }
  out.offsets.push_back(static_cast<std::int64_t>(out.features.size()));
}

void ActivationFunction::append_top_k(std::span<const Candidate> candidates, std::int64_t row,
                                      SparseRows& out) {
  // Values at or below zero are clipped after the choice, so choosing among the positive values
  // gives the same result. NaN must not reach nth_element.
  positive_.clear();
  for (const auto& candidate : candidates) {
    if (fires(candidate)) positive_.push_back(pre_activation(candidate));
  }
  const auto k = static_cast<std::size_t>(k_);
  float smallest = 0;
  std::ptrdiff_t n_ties = 0;  // of `smallest`, how many are kept
  if (positive_.size() > k && std::ranges::all_of(positive_, [](float h) { return h == h; })) {
    std::ranges::nth_element(positive_, positive_.begin() + (k_ - 1), std::ranges::greater());
    smallest = positive_[k - 1];
    n_ties = k_ - std::ranges::count_if(positive_, [&](float h) { return h > smallest; });
  }
  for (const auto& candidate : candidates) {
    const float h = pre_activation(candidate);
    if (h < smallest || !fires(candidate)) continue;
    if (h == smallest && n_ties-- <= 0) continue;  // the first features are kept
    push(candidate.feature, h, row, out);
  }
}

void ActivationFunction::append_dense(std::span<const float> products, std::int64_t row,
                                      SparseRows& out) {
  candidates_.clear();
  if (activation_ == SaeActivation::kGroupMax) {
    find_largest_of_groups(products);
  } else {
    find_firing(products);
  }
  append(candidates_, row, out);
}

void ActivationFunction::find_firing(std::span<const float> products) {
  // What opens a gate need not fire, and no pre-activation is larger than 0 by rescaling.
  const auto& bias = gate_bias_.empty() ? b_enc_ : gate_bias_;
  for (std::size_t begin = 0; begin < products.size(); begin += kFeaturesPerGroup) {
    const auto end = std::min(begin + kFeaturesPerGroup, products.size());
    int n_fire = 0;
    // Negated, so that NaN counts and is found later.
    for (auto f = begin; f < end; ++f) n_fire += !(products[f] + bias[f] <= cutoff_[f]);
    if (n_fire == 0) continue;
    for (auto f = begin; f < end; ++f) {
      if (products[f] + bias[f] <= cutoff_[f]) continue;
      candidates_.push_back({static_cast<std::int32_t>(f), products[f]});
    }
  }
}

void ActivationFunction::find_largest_of_groups(std::span<const float> products) {
  const auto size = products.size() / static_cast<std::size_t>(k_);
  for (std::size_t begin = 0; begin < products.size(); begin += size) {
    std::size_t best = begin;
    float largest = products[begin] + b_enc_[begin];
    for (auto f = begin + 1; f < begin + size; ++f) {
      const float h = products[f] + b_enc_[f];
      if (h <= largest || std::isnan(largest)) continue;
      best = f;  // NaN too, which is refused
      largest = h;
    }
    candidates_.push_back({static_cast<std::int32_t>(best), products[best]});
  }
}

}  // namespace isogloss

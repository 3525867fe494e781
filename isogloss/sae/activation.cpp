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

void push(std::size_t feature, float value, std::int64_t row, SparseRows& out) {
  if (!std::isfinite(value)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("feature {} overflows on activation row {}; the SAE belongs to another "
                            "model or layer",
                            feature, row));
  }
  out.features.push_back(static_cast<std::int32_t>(feature));
  out.values.push_back(value);
}

}  // namespace

ActivationFunction::ActivationFunction(const Sae& sae)
    : activation_(sae.activation),
      k_(sae.k),
      b_enc_(sae.b_enc),
      gate_bias_(sae.gate_bias),
      gain_(sae.gain),
      rescaling_(rescaling_norms(sae)) {
  const auto n_features = b_enc_.size();
  if (activation_ == SaeActivation::kTopK) {
    values_.resize(n_features);
    candidates_.resize(n_features);
    return;
  }
  cutoff_.assign(n_features, 0.0F);
  for (std::size_t f = 0; f < sae.threshold.size(); ++f) {
    cutoff_[f] = std::max(sae.threshold[f], 0.0F);  // h > threshold and h > 0
  }
}

void ActivationFunction::append(std::span<const float> products, std::int64_t row,
                                SparseRows& out) {
  switch (activation_) {
    case SaeActivation::kRelu:
    case SaeActivation::kJumpRelu:
      append_above_cutoff(products, row, out);
      break;
    case SaeActivation::kTopK:
      append_top_k(products, row, out);
      break;
    case SaeActivation::kGroupMax:
      append_group_max(products, row, out);
      break;
    case SaeActivation::kGated:
      append_gated(products, row, out);
      break;
  }
  out.offsets.push_back(static_cast<std::int64_t>(out.features.size()));
}

void ActivationFunction::append_above_cutoff(std::span<const float> products, std::int64_t row,
                                             SparseRows& out) const {
  for (std::size_t begin = 0; begin < products.size(); begin += kFeaturesPerGroup) {
    const auto end = std::min(begin + kFeaturesPerGroup, products.size());
    int n_fire = 0;
    // Negated, so that NaN counts and is found below.
    for (auto f = begin; f < end; ++f) n_fire += !(products[f] + b_enc_[f] <= cutoff_[f]);
    if (n_fire == 0) continue;
    for (auto f = begin; f < end; ++f) {
      const float h = products[f] + b_enc_[f];
      if (!(h <= cutoff_[f])) push(f, h, row, out);
    }
  }
}

void ActivationFunction::append_group_max(std::span<const float> products, std::int64_t row,
                                          SparseRows& out) const {
  const auto size = products.size() / static_cast<std::size_t>(k_);
  for (std::size_t begin = 0; begin < products.size(); begin += size) {
    std::size_t best = begin;
    float largest = products[begin] + b_enc_[begin];
    for (auto f = begin + 1; f < begin + size; ++f) {
      const float h = products[f] + b_enc_[f];
      if (h <= largest || std::isnan(largest)) continue;
      best = f;  // NaN too, which push refuses
      largest = h;
    }
    if (!(largest <= 0)) push(best, largest, row, out);
  }
}

void ActivationFunction::append_gated(std::span<const float> products, std::int64_t row,
                                      SparseRows& out) const {
  for (std::size_t f = 0; f < products.size(); ++f) {
    if (products[f] + gate_bias_[f] <= 0) continue;
    const float h = products[f] * gain_[f] + b_enc_[f];
    if (!(h <= 0)) push(f, h, row, out);
  }
}

void ActivationFunction::append_top_k(std::span<const float> products, std::int64_t row,
                                      SparseRows& out) {
  std::size_t n_positive = 0;
  for (std::size_t f = 0; f < products.size(); ++f) {
    float h = products[f] + b_enc_[f];
    if (!rescaling_.empty()) h *= rescaling_[f];
    values_[f] = h;
    candidates_[n_positive] = h;
    n_positive += !(h <= 0);
  }
  // Values at or below zero are clipped after the choice, so choosing among the positive values
  // gives the same result. NaN must not reach nth_element.
  const auto positive = std::span(candidates_).first(n_positive);
  const auto k = static_cast<std::size_t>(k_);
  float smallest = 0;
  std::size_t n_ties = 0;  // of `smallest`, how many are kept
  if (n_positive > k && std::ranges::all_of(positive, [](float h) { return h == h; })) {
    std::ranges::nth_element(positive, positive.begin() + (k_ - 1), std::ranges::greater());
    smallest = positive[k - 1];
    n_ties = k - static_cast<std::size_t>(
                     std::ranges::count_if(positive, [&](float h) { return h > smallest; }));
  }
  for (std::size_t f = 0; f < values_.size(); ++f) {
    if (values_[f] < smallest || values_[f] <= 0) continue;
    if (values_[f] == smallest) {  // of equal values, those of the first features are kept
      if (n_ties == 0) continue;
      --n_ties;
    }
    push(f, values_[f], row, out);
  }
}

}  // namespace isogloss

#include "isogloss/sae/self_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace isogloss {
namespace {

/// Column means of x [n_rows, width].
std::vector<double> column_means(std::span<const float> x, std::size_t width) {
  std::vector<double> means(width, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) means[i % width] += x[i];
  const std::size_t n_rows = x.size() / width;
  for (auto& mean : means) mean /= static_cast<double>(n_rows);
  return means;
}

double fraction_unexplained(const Sae& sae, std::span<const float> x, std::span<const float> target,
                            const SparseRows& activations) {
  if (target.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto d_out = sae.b_dec.size();
  const auto means = column_means(target, d_out);
  const auto reconstruction = decode(sae, activations, x);
  double unexplained = 0;
  double total = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const double error = static_cast<double>(target[i]) - reconstruction[i];
    const double spread = target[i] - means[i % d_out];
    unexplained += error * error;
    total += spread * spread;
  }
  return unexplained / total;
}

std::string or_unknown(const std::string& text) { return text.empty() ? "not recorded" : text; }

}  // namespace

SelfCheck self_check(const Sae& sae, std::span<const float> x, std::span<const float> target,
                     const SparseRows& activations) {
  std::vector<bool> fired(static_cast<std::size_t>(sae.n_features), false);
  for (const auto feature : activations.features) fired[static_cast<std::size_t>(feature)] = true;
  const auto n_dead = std::ranges::count(fired, false);
  SelfCheck check;
  check.n_tokens = activations.n_rows();
  check.fvu = fraction_unexplained(sae, x, target, activations);
  check.l0 = static_cast<double>(activations.features.size()) / static_cast<double>(check.n_tokens);
  check.dead_share = static_cast<double>(n_dead) / static_cast<double>(sae.n_features);
  return check;
}

std::string self_check_failure(const SelfCheck& check, const Sae& sae) {
  const auto belongs = fmt::format("the SAE's files name model {} and hook {}",
                                   or_unknown(sae.model_name), or_unknown(sae.hook_name));
  if (check.l0 == 0) {
    return fmt::format(
        "no feature fires on any of {} tokens: the activations are too small for this "
        "SAE; check the model, the hook and the SAE's input scaling ({})",
        check.n_tokens, belongs);
  }
  if (check.l0 >= static_cast<double>(sae.n_features)) {
    return fmt::format(
        "every feature fires on every token: the weights or the threshold are not this "
        "SAE's, or its activation function is another one ({})",
        belongs);
  }
  if (sae.is_transcoder && std::isnan(check.fvu)) return {};
  if (!(check.fvu <= 1)) {  // NaN too
    return fmt::format(
        "the SAE predicts {} worse than their mean does (FVU {:.3g}, must be at most 1): wrong "
        "model, wrong layer or wrong normalisation ({})",
        sae.is_transcoder ? "the activations of " + sae.hook_name_out : "these activations",
        check.fvu, belongs);
  }
  return {};
}

std::string l0_remark(const SelfCheck& check, double expected_l0) {
  constexpr double kFactor = 3;  // docs/sae-formats.md says why
  if (!(expected_l0 > 0)) return {};
  if (check.l0 <= kFactor * expected_l0 && check.l0 >= expected_l0 / kFactor) return {};
  return fmt::format(
      "{:.4g} features fire per token on the first {} tokens (L0), {:.4g} where the SAE was "
      "measured by its maker: text of another kind does not explain so large a difference; check "
      "the model and the hook",
      check.l0, check.n_tokens, expected_l0);
}

}  // namespace isogloss

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/published/published.h"

namespace isogloss {
namespace {

/// As SAELens' fold_activation_norm_scaling_factor, which leaves thresholds alone.
void fold_scaling_factor(float factor, Sae& sae) {
  for (auto& weight : sae.w_enc) weight *= factor;
  for (auto& weight : sae.w_dec) weight /= factor;
  for (auto& bias : sae.b_dec) bias /= factor;
}

float factor_of(std::string_view text) {
  double factor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
  if (error != std::errc() || end != text.data() + text.size() || !(factor > 0) ||
      !std::isfinite(factor)) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("norm_scaling_factor {} is no positive number; extract the run again", text));
  }
  return static_cast<float>(factor);
}

void apply_setting(std::string_view key, std::string_view value, Sae& sae) {
  const auto because = [&](const char* convention, std::string reason) {
    std::erase_if(sae.reasons, [&](const auto& known) { return known.convention == convention; });
    sae.reasons.push_back({convention, std::move(reason)});
  };
  if (key == "center_writing_weights" && value == "true") {
    sae.training.center_writing_weights = true;
    because("center_writing_weights", "SAELens' list of published SAEs");
  } else if (key == "normalize_activations" && value == "constant_norm_rescale") {
    sae.normalization = SaeNormalization::kConstantNormRescale;
    because("normalization", "SAELens' list of published SAEs");
  } else if (key == "norm_scaling_factor") {
    const auto factor = factor_of(value);
    // SAELens leaves the factor aside if the SAE's file asks for none.
    if (sae.normalization != SaeNormalization::kExpectedAverageOnlyIn) return;
    fold_scaling_factor(factor, sae);
    because("normalization",
            fmt::format("the SAE's file; the factor {:.6g} of SAELens' list of published SAEs is "
                        "folded into the weights",
                        factor));
  } else {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("the setting {}={} of a published SAE is not known; use the isogloss that "
                    "wrote it",
                    key, value));
  }
}

}  // namespace

void apply_settings(std::string_view settings, Sae& sae) {
  while (!settings.empty()) {
    const auto end = std::min(settings.find(' '), settings.size());
    const auto setting = settings.substr(0, end);
    const auto equals = std::min(setting.find('='), setting.size());
    apply_setting(setting.substr(0, equals), setting.substr(std::min(equals + 1, setting.size())),
                  sae);
    settings.remove_prefix(std::min(end + 1, settings.size()));
  }
}

}  // namespace isogloss

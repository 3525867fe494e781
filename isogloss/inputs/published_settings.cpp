#include "isogloss/inputs/published_settings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/inputs/published.h"

namespace isogloss {
namespace {

constexpr double kLargestRatioOfL0 = 2;

/// The input is multiplied by `factor`; the decoder's output is divided by it again.
void fold_scaling(double factor, Sae& sae) {
  const auto scale = static_cast<float>(factor);
  for (auto& weight : sae.w_enc) weight *= scale;
  for (auto& weight : sae.w_dec) weight /= scale;
  for (auto& bias : sae.b_dec) bias /= scale;
}

void apply(const std::string& key, const nlohmann::json& value, Sae& sae) {
  if (key == "normalize_activations" && value == "constant_norm_rescale") {
    sae.normalization = SaeNormalization::kConstantNormRescale;
  } else if (key == "model_from_pretrained_kwargs" &&
             value == nlohmann::json{{"center_writing_weights", true}}) {
    sae.training.center_writing_weights = true;
  } else {
    throw Error(ErrorCode::kBadInput,
                fmt::format("the list of published SAEs has a setting that is not known, {}: {}; "
                            "take a newer isogloss",
                            key, value.dump()));
  }
}

}  // namespace

void apply_published_settings(const std::string& name, Sae& sae) {
  if (name.empty()) return;
  const auto found = find_published_sae(name);
  if (!found) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: no published SAE is called so; `isogloss saes` lists them", name));
  }
  const auto& [release, published] = *found;
  if (!published->neuronpedia_id.empty()) sae.neuronpedia_id = published->neuronpedia_id;
  // The other formats' files say it all.
  if (sae.format != "sae_lens") return;
  if (!release->settings.empty()) {
    for (const auto& [key, value] : nlohmann::json::parse(release->settings).items()) {
      apply(key, value, sae);
    }
  }
  if (published->scaling_factor && sae.normalization == SaeNormalization::kExpectedAverageOnlyIn) {
    fold_scaling(*published->scaling_factor, sae);
  }
}

std::string l0_remark(const std::string& name, double l0) {
  const auto found = name.empty() ? std::nullopt : find_published_sae(name);
  if (!found || !found->sae->l0 || *found->sae->l0 <= 0) return {};
  const double published = *found->sae->l0;
  if (l0 <= kLargestRatioOfL0 * published && published <= kLargestRatioOfL0 * l0) return {};
  return fmt::format(
      "{}: {:.0f} features are active per token here, {:.0f} as published; the model, the layer or "
      "the kind of text may be another than the SAE was trained on",
      name, l0, published);
}

}  // namespace isogloss

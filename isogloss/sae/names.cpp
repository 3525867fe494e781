#include "isogloss/sae/sae.h"

namespace isogloss {

std::string to_string(SaeActivation activation) {
  switch (activation) {
    case SaeActivation::kRelu:
      return "relu";
    case SaeActivation::kJumpRelu:
      return "jumprelu";
    case SaeActivation::kTopK:
      return "topk";
    case SaeActivation::kGated:
      return "gated";
    case SaeActivation::kGroupMax:
      return "groupmax";
  }
  return "unknown";
}

std::string to_string(SaeNormalization normalization) {
  switch (normalization) {
    case SaeNormalization::kNone:
      return "none";
    case SaeNormalization::kExpectedAverageOnlyIn:
      return "expected_average_only_in";
    case SaeNormalization::kConstantNormRescale:
      return "constant_norm_rescale";
    case SaeNormalization::kLayerNorm:
      return "layer_norm";
  }
  return "unknown";
}

}  // namespace isogloss

// How the activations were made that an SAE was trained on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace isogloss {

/// What decides an SAE's input beside the model's weights and the hook point, as far as the SAE's
/// files say.
struct SaeTraining {
  std::optional<bool> prepend_bos;  ///< whether every context began with BOS
  std::int32_t context_size = 0;    ///< tokens per context; 0 if unknown
  /// TransformerLens' center_writing_weights: in a model with LayerNorm, everything that is written
  /// to the residual stream has mean 0 over d_model. It leaves a model with RMSNorm as it is.
  /// Absent where an older file does not say: early trainers centred.
  std::optional<bool> center_writing_weights = false;
  /// TransformerLens' fold_ln or fold_value_biases: the residual stream stays as it is, but not
  /// what is read inside a block.
  bool folds_weights = false;
  /// Settings that isogloss cannot apply, each a sentence's end after "the SAE was trained ".
  std::vector<std::string> differences;
};

}  // namespace isogloss

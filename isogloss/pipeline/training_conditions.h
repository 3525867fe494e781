// A run under the conditions under which its SAE was trained, and a word where it is not.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/model/bos.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/sae/sae.h"

namespace isogloss {

/// What the SAE was trained with if its file says so, otherwise what the tokenizer does.
BosRule trained_bos(const SaeTraining& training);

/// Whether the rows that the SAE was trained on have mean 0 over d_model, unlike those of the model
/// file. Throws Error(kBadInput), which names `sae_path`, if they differ in a way that cannot be
/// made up for.
bool needs_centering(const Sae& sae, const std::string& sae_path, const HookPoint& hook,
                     const ModelInfo& model);

/// What a user should know where the SAE's file leaves open whether rows must be centred and the
/// model is one for which it matters; otherwise empty.
std::string centering_remark(const Sae& sae, const std::string& sae_path, const HookPoint& hook,
                             const ModelInfo& model);

/// What a user should know of the token that begins each sentence: where it is not the tokenizer's
/// own choice, where it is not what the SAE was trained with, and where there is none.
std::vector<std::string> bos_remarks(BosRule rule, const ActivationSource& source, const Sae& sae,
                                     const std::string& sae_path);

/// What a user should know of sentences longer than the contexts that the SAE was trained on, and
/// of settings that cannot be applied. `lengths`: the number of tokens in every sentence.
std::vector<std::string> training_remarks(const SaeTraining& training, const std::string& sae_path,
                                          std::span<const std::int32_t> lengths);

}  // namespace isogloss

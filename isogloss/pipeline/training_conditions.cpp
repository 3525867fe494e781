#include "isogloss/pipeline/training_conditions.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

std::string yes_or_no_bos(bool with) { return with ? "with BOS" : "without BOS"; }

}  // namespace

BosRule trained_bos(const SaeTraining& training) {
  if (!training.prepend_bos) return BosRule::kTokenizer;
  return *training.prepend_bos ? BosRule::kAlways : BosRule::kNever;
}

bool needs_centering(const Sae& sae, const std::string& sae_path, const HookPoint& hook,
                     const ModelInfo& model) {
  if (is_in_residual_stream(hook.site, model.architecture)) {
    return sae.training.center_writing_weights.value_or(false) && model.has_layer_norm;
  }
  if (sae.training.folds_weights) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: trained on a model with folded weights (fold_ln or "
                            "fold_value_biases), which has other activations at {}; take an SAE of "
                            "the residual stream, or one trained without folding",
                            sae_path, hook.name));
  }
  return false;
}

std::string centering_remark(const Sae& sae, const std::string& sae_path, const HookPoint& hook,
                             const ModelInfo& model) {
  const bool matters = model.has_layer_norm && is_in_residual_stream(hook.site, model.architecture);
  if (!matters || sae.training.center_writing_weights) return {};
  return fmt::format(
      "{}: an older SAE whose file does not say whether it was trained on centred weights, as "
      "those "
      "of GPT-2 often were; it is run on the model as it is. If it was, write "
      "\"model_from_pretrained_kwargs\": {{\"center_writing_weights\": true}} into its cfg.json",
      sae_path);
}

std::vector<std::string> bos_remarks(BosRule rule, const ActivationSource& source, const Sae& sae,
                                     const std::string& sae_path) {
  std::vector<std::string> remarks;
  const auto first = source.first_token();
  const auto& trained_with = sae.training.prepend_bos;
  if (trained_with && *trained_with != first.has_value()) {
    remarks.push_back(fmt::format("{}: trained {} (prepend_bos), used {}, as --bos {} says",
                                  sae_path, yes_or_no_bos(*trained_with),
                                  yes_or_no_bos(first.has_value()), to_string(rule)));
  } else if (first.has_value() != source.tokenizer_adds_bos()) {
    remarks.push_back(
        first ? fmt::format("every sentence begins with {}, as in the SAE's training "
                            "(prepend_bos); the model's tokenizer would add no BOS",
                            source.token_piece(*first))
              : "no sentence begins with BOS, as in the SAE's training (prepend_bos); the model's "
                "tokenizer would add it");
  }
  if (!first) {
    remarks.emplace_back(
        "without BOS, the first token of a sentence draws attention to itself whatever it means; "
        "it counts like every other token");
  }
  return remarks;
}

std::vector<std::string> training_remarks(const SaeTraining& training, const std::string& sae_path,
                                          std::span<const std::int32_t> lengths) {
  std::vector<std::string> remarks;
  for (const auto& difference : training.differences) {
    remarks.push_back(fmt::format("{}: trained {}", sae_path, difference));
  }
  const auto n_long =
      training.context_size == 0 ? 0 : std::ranges::count_if(lengths, [&](std::int32_t length) {
        return length > training.context_size;
      });
  if (n_long > 0) {
    remarks.push_back(
        fmt::format("{}: trained on contexts of {} tokens; {} of {} sentences are longer", sae_path,
                    training.context_size, n_long, lengths.size()));
  }
  return remarks;
}

}  // namespace isogloss

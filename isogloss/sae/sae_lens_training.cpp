// What each setting does was read in sae-lens 6.54 (training/activations_store.py, load_model.py)
// and transformer-lens 2.18 (HookedTransformer.py).
#include "isogloss/sae/sae_lens_training.h"

#include <fmt/format.h>

#include <algorithm>

namespace isogloss {
namespace {

using nlohmann::json;

/// Arguments of from_pretrained that leave activations as they are, or change their rounding only.
constexpr std::string_view kHarmless[] = {"attn_implementation",
                                          "center_unembed",
                                          "checkpoint_label",
                                          "default_padding_side",
                                          "default_prepend_bos",
                                          "device",
                                          "device_map",
                                          "dtype",
                                          "hf_model",
                                          "local_files_only",
                                          "low_cpu_mem_usage",
                                          "move_to_device",
                                          "n_devices",
                                          "tokenizer",
                                          "torch_dtype",
                                          "trust_remote_code",
                                          "use_auth_token",
                                          "token",
                                          "refactor_factored_attn_matrices"};

bool is_switched_off(const json& value) { return value.is_null() || value == json(false); }

/// The value as it stands in the file, short enough for a message.
std::string value_text(const json& value) {
  if (value.is_structured()) return value.is_array() ? "[…]" : "{…}";
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 40);
}

void read_model_arguments(const Settings& arguments, bool legacy, SaeTraining& training) {
  if (arguments.find("center_writing_weights") != nullptr) {
    training.center_writing_weights = arguments.flag("center_writing_weights", false);
  } else if (legacy) {
    training.center_writing_weights = std::nullopt;
  }
  training.folds_weights =
      arguments.flag("fold_ln", false) || arguments.flag("fold_value_biases", false);
  for (const auto& [key, value] : arguments.object().items()) {
    const bool known = key == "center_writing_weights" || key == "fold_ln" ||
                       key == "fold_value_biases" ||
                       std::ranges::find(kHarmless, key) != std::end(kHarmless);
    if (known || is_switched_off(value)) continue;
    training.differences.push_back(fmt::format(
        "on a model loaded with {} = {}, which is not applied here",
        json(key).dump(-1, ' ', true, json::error_handler_t::replace), value_text(value)));
  }
}

/// Whether a slice of positions, [null], [null, 128] or the like, leaves any of them out.
bool is_partial_slice(const json& slice) {
  if (!slice.is_array()) return !slice.is_null();
  return std::ranges::any_of(slice, [](const json& bound) { return !bound.is_null(); });
}

void read_selection(const Settings& metadata, SaeTraining& training) {
  if (const auto* slice = metadata.find("seqpos_slice"); slice && is_partial_slice(*slice)) {
    training.differences.push_back(
        fmt::format("on the positions {} of each context only (seqpos_slice); here all count",
                    slice->dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 40)));
  }
  const auto* excluded = metadata.find("exclude_special_tokens");
  if (excluded != nullptr && excluded->is_array() && !excluded->empty()) {
    training.differences.push_back(
        fmt::format("without {} tokens that its file lists (exclude_special_tokens); here only "
                    "the tokenizer's special tokens do not count",
                    excluded->size()));
  }
}

}  // namespace

SaeTraining read_sae_lens_training(const Settings& metadata, bool legacy) {
  for (const auto* key : {"hook_head_index", "hook_point_head_index"}) {
    if (metadata.find(key) == nullptr) continue;
    metadata.fail(
        fmt::format("{} is set: an SAE of a single attention head is not supported; "
                    "take one that reads the whole hook point",
                    key));
  }
  SaeTraining training;
  if (metadata.find("prepend_bos") != nullptr) {
    training.prepend_bos = metadata.flag("prepend_bos", true);
  } else if (legacy) {
    training.prepend_bos = true;
  }
  if (metadata.find("context_size") != nullptr) {
    training.context_size = metadata.size("context_size");
  }
  read_model_arguments(metadata.child("model_from_pretrained_kwargs"), legacy, training);
  read_selection(metadata, training);
  return training;
}

}  // namespace isogloss

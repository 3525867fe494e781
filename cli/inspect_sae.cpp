#include "cli/inspect_sae.h"

#include <algorithm>
#include <string_view>

namespace isogloss::cli {
namespace {

using Facts = nlohmann::ordered_json;

void add_activation(const Sae& sae, Facts& facts) {
  facts["activation"] = to_string(sae.activation);
  if (sae.k > 0) facts["k"] = sae.k;
  if (sae.activation == SaeActivation::kTopK) {
    facts["rescale_acts_by_decoder_norm"] = sae.rescale_acts_by_decoder_norm;
  }
  if (!sae.threshold.empty()) {
    const auto [least, most] = std::ranges::minmax(sae.threshold);
    facts["threshold"] = {{"least", least}, {"most", most}};
  }
}

void add_place(const Sae& sae, Facts& facts) {
  if (!sae.model_name.empty()) facts["model"] = sae.model_name;
  if (!sae.hook_name.empty()) facts["hook"] = sae.hook_name;
  if (sae.is_transcoder) {
    facts["predicts"] =
        sae.hook_name_out.empty() ? "another hook, not recorded" : sae.hook_name_out;
    facts["d_out"] = sae.b_dec.size();
    facts["skip_connection"] = !sae.w_skip.empty();
  }
  if (!sae.neuronpedia_id.empty()) facts["neuronpedia"] = sae.neuronpedia_id;
}

void add_training(const SaeTraining& training, Facts& facts) {
  if (training.prepend_bos) facts["prepend_bos"] = *training.prepend_bos;
  if (training.context_size > 0) facts["context_size"] = training.context_size;
  if (training.center_writing_weights.value_or(false)) facts["center_writing_weights"] = true;
  if (training.folds_weights) facts["folds model weights"] = true;
  if (!training.differences.empty()) facts["trained"] = training.differences;
}

/// Only of what is shown: a reason may concern a convention that this SAE does not have. What
/// tools/convert_sae.py recorded stands by itself.
void add_reasons(const Sae& sae, Facts& facts) {
  constexpr std::string_view kConversion = "conversion: ";
  Facts because = Facts::object();
  Facts conversion = Facts::object();
  for (const auto& [convention, reason] : sae.reasons) {
    if (convention.starts_with(kConversion)) {
      conversion[convention.substr(kConversion.size())] = reason;
    } else if (facts.contains(convention) || convention == "decoder norm") {
      because[convention] = reason;
    }
  }
  facts["because"] = because;
  if (!conversion.empty()) facts["conversion"] = conversion;
}

}  // namespace

Facts describe_sae(const Sae& sae) {
  Facts facts = {{"kind", sae.is_transcoder ? "transcoder" : "sparse autoencoder"},
                 {"format", sae.format},
                 {"d_in", sae.d_in},
                 {"n_features", sae.n_features},
                 {"dtype", sae.stored_type},
                 {"normalization", to_string(sae.normalization)},
                 {"apply_b_dec_to_input", sae.apply_b_dec_to_input}};
  add_activation(sae, facts);
  add_place(sae, facts);
  add_training(sae.training, facts);
  add_reasons(sae, facts);
  return facts;
}

}  // namespace isogloss::cli

// What both of Llama Scope's formats have.
#pragma once

#include "isogloss/sae/sae.h"
#include "isogloss/sae/settings.h"

namespace isogloss {

/// Throws Error(kBadInput) for settings of other kinds of SAE that the same program trains.
void refuse_other_llama_scopes(const Settings& cfg);

/// Brings every row of W_dec to length 1 and multiplies the feature's encoder weights by its
/// length.
void fold_decoder_norms(Sae& sae);

/// Makes the SAE read activations of the model's own length: x·in is what the encoder was trained
/// on, and the decoder's output is y·out.
void fold_scales(float in, float out, Sae& sae);

}  // namespace isogloss

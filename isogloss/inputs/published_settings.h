// What the list of published SAEs says of an SAE beside its files.
#pragma once

#include <string>

#include "isogloss/sae/sae.h"

namespace isogloss {

/// Applies the settings of the published SAE "RELEASE/ID" to `sae`, which was read from its files,
/// as SAELens' from_pretrained does: normalisation, scaling, centred weights, the Neuronpedia id.
/// Nothing happens for an empty name.
void apply_published_settings(const std::string& name, Sae& sae);

/// A sentence if the self-check's L0 is not near the published one, else empty. They differ by
/// nature, since the text differs; by more than a factor of two where model, layer or BOS do.
std::string l0_remark(const std::string& name, double l0);

}  // namespace isogloss

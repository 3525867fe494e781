// What SAELens writes of the activations that an SAE was trained on.
#pragma once

#include "isogloss/sae/settings.h"
#include "isogloss/sae/training.h"

namespace isogloss {

/// `metadata`: where SAELens keeps these settings, a part of cfg.json from version 6 on, before
/// that all of it. Throws Error(kBadInput) for a setting of the wrong kind, and for
/// hook_head_index.
SaeTraining read_sae_lens_training(const Settings& metadata, bool legacy);

}  // namespace isogloss

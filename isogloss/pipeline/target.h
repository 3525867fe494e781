// An SAE at a hook point, and the folder that takes what it gives. Internal to the pipeline.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "isogloss/sae/encode.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"

namespace isogloss {

/// Frees a vector's memory, which `v = {}` does not.
template <class T>
void release(std::vector<T>& v) {
  std::vector<T>().swap(v);
}

/// An SAE and, once they are needed, its encoders, one for each worker. From then on the Sae no
/// longer holds w_enc, and holds w_dec only until the self-check.
struct LoadedSae {
  Sae sae;
  std::vector<Encoder> encoders;
};

/// One hook point with one SAE, and the folder that takes their output.
struct ExtractionTarget {
  ResultFolder folder;
  Manifest manifest;
  bool is_new = false;       ///< no earlier call left a manifest
  LoadedSae* sae = nullptr;  ///< several targets may share one
  std::size_t hook = 0;      ///< index into the rows that ActivationSource::run returns
  /// Likewise, of what a transcoder predicts; nullopt if it is not known or not to be checked.
  std::optional<std::size_t> predicted_hook;
};

}  // namespace isogloss

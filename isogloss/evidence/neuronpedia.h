// Links to Neuronpedia, which shows features of published SAEs.
#pragma once

#include <string>

#include "isogloss/store/manifest.h"

namespace isogloss {

/// The URL of the SAE on Neuronpedia; a feature's page is URL + "/" + feature. Empty if the SAE
/// does not name one.
std::string neuronpedia_url(const Manifest& manifest);

/// Neuronpedia's names of a model and of an SAE on it.
struct NeuronpediaSource {
  std::string model;  ///< "gemma-2-2b"
  std::string layer;  ///< "20-gemmascope-res-16k", which Neuronpedia calls layer or source

  std::string id() const { return model + "/" + layer; }
};

/// Where Neuronpedia has the SAE: as the user says (--neuronpedia), else as the manifest does.
/// Throws Error(kUsage) if neither says so, or not as MODEL/SOURCE.
NeuronpediaSource neuronpedia_source(const Manifest& manifest, const std::string& given);

}  // namespace isogloss

#include "isogloss/evidence/neuronpedia.h"

namespace isogloss {

std::string neuronpedia_url(const Manifest& manifest) {
  if (manifest.neuronpedia_id.empty()) return {};
  return "https://www.neuronpedia.org/" + manifest.neuronpedia_id;
}

}  // namespace isogloss

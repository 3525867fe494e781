#include "isogloss/evidence/neuronpedia.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"

namespace isogloss {

std::string neuronpedia_url(const Manifest& manifest) {
  if (manifest.neuronpedia_id.empty()) return {};
  return "https://www.neuronpedia.org/" + manifest.neuronpedia_id;
}

NeuronpediaSource neuronpedia_source(const Manifest& manifest, const std::string& given) {
  const auto& id = given.empty() ? manifest.neuronpedia_id : given;
  if (id.empty()) {
    throw Error(ErrorCode::kUsage,
                "the SAE does not say where Neuronpedia has it; give --neuronpedia MODEL/SOURCE, "
                "e.g. gemma-2-2b/20-gemmascope-res-16k");
  }
  const auto slash = id.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == id.size() ||
      id.find('/', slash + 1) != std::string::npos) {
    throw Error(ErrorCode::kUsage,
                fmt::format("\"{}\" is not MODEL/SOURCE as in Neuronpedia's addresses; give e.g. "
                            "--neuronpedia gemma-2-2b/20-gemmascope-res-16k",
                            id));
  }
  return {id.substr(0, slash), id.substr(slash + 1)};
}

}  // namespace isogloss

#include "isogloss/exports/neuronpedia_features.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"

namespace isogloss {

NeuronpediaSource neuronpedia_source(const Manifest& manifest, const ExportOptions& options) {
  const auto& id =
      options.neuronpedia_id.empty() ? manifest.neuronpedia_id : options.neuronpedia_id;
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

std::vector<std::int32_t> exported_features(const ScoreTable& table, const ExportOptions& options) {
  std::vector<std::int32_t> features;
  for (const auto feature : features_by_rank(table)) {
    const auto agreement = table.agreement_stratified[static_cast<std::size_t>(feature)];
    if (std::ssize(features) == options.n_features || agreement <= 0 ||
        agreement < options.min_agreement) {
      break;
    }
    const bool is_flagged = table.artefacts && table.artefacts->explain_agreement(feature);
    if (options.with_flagged || !is_flagged) features.push_back(feature);
  }
  if (features.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("no feature has an agreement of at least {} that no flag explains; "
                            "lower --min-agreement, or add --flagged",
                            options.min_agreement));
  }
  return features;
}

}  // namespace isogloss

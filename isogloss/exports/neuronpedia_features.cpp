#include "isogloss/exports/neuronpedia_features.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"

namespace isogloss {

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

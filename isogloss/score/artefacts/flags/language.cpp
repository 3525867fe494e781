// One language: the feature is specific to it. That is a finding and does not explain agreement.
#include <algorithm>

#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// The largest language's share of the firing rates: Inaba et al. (2025) call a feature specific to
/// a language if 90 % of it is there.
constexpr double kLanguageShare = 0.9;

bool raised(const FlagInput& input) {
  return *input.artefacts.language_share[input.feature] >= kLanguageShare;
}

/// The language in which the most sentences fire.
std::optional<FlagDetail> where_most_fire(const Artefacts& /*artefacts*/,
                                          std::span<const std::vector<std::int32_t>> active,
                                          std::size_t feature) {
  const auto most = std::ranges::max_element(
      active, {}, [feature](const auto& of_language) { return of_language[feature]; });
  return FlagDetail{static_cast<std::size_t>(most - active.begin())};
}

}  // namespace

constinit const FlagDefinition flag::language = {
    .name = "flag_language",
    .word = "one language",
    .meaning = "fires almost only in one language",
    .numbers = "language_share",
    .raised = raised,
    .detail = where_most_fire,
};

}  // namespace isogloss

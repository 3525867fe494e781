// Copied words: names, numbers and code occur in both sentences and fire the same feature.
#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// Flagged if κ without shared words is less than this part of κ …
constexpr double kUnsharedPart = 0.5;
/// … where κ is at least this: a smaller κ needs no explanation, and half of it is noise.
constexpr double kAgreementToExplain = 0.05;

bool raised(const FlagInput& input) {
  const auto kappa = input.scores.agreement[input.feature];
  const auto unshared = input.artefacts.agreement_unshared[input.feature];
  if (!kappa || !unshared || *kappa < kAgreementToExplain) return false;
  return *unshared < kUnsharedPart * *kappa;
}

}  // namespace

constinit const FlagDefinition flag::shared_tokens = {
    .name = "flag_shared_tokens",
    .word = "shared words",
    .meaning = "agreement halves without the words that stand in both sentences",
    .explains_agreement = true,
    .numbers = "agreement_raw agreement_unshared shared_mass",
    .raised = raised,
};

}  // namespace isogloss

// Support: a score that rests on a few sentences describes them, not the feature.
#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

bool raised(const FlagInput& input) {
  const auto n_eff = input.scores.n_eff[input.feature];
  if (n_eff && *n_eff < kLeastSupport) return true;
  return static_cast<double>(input.fewest_sentences) < kLeastSupport;
}

}  // namespace

constinit const FlagDefinition flag::support = {
    .name = "flag_support",
    .word = "few sentences",
    .meaning = "rests on fewer than five sentences in some language",
    .explains_agreement = true,
    .numbers = "n_eff cofire",
    .raised = raised,
};

}  // namespace isogloss

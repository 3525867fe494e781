// Position: every sentence has a beginning and an end.
#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// Share of peaks in the first and last tenth. By chance a fifth to a third lies there, more in
/// shorter sentences.
constexpr double kEdgeShare = 0.6;

bool raised(const FlagInput& input) {
  return *input.artefacts.edge_share[input.feature] >= kEdgeShare;
}

}  // namespace

constinit const FlagDefinition flag::position = {
    .name = "flag_position",
    .word = "position",
    .meaning = "peaks mostly in the first or last tenth of the sentence",
    .explains_agreement = true,
    .numbers = "edge_share",
    .raised = raised,
};

}  // namespace isogloss

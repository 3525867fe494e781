// Density: features that fire nearly everywhere overlap by chance.
#include <algorithm>

#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// E, plain or within strata: beyond a half, chance alone makes most of the overlap.
constexpr double kChanceOverlap = 0.5;

bool raised(const FlagInput& input) {
  return std::max(input.scores.overlap_expected[input.feature],
                  input.scores.overlap_expected_stratified[input.feature]) > kChanceOverlap;
}

}  // namespace

constinit const FlagDefinition flag::dense = {
    .name = "flag_dense",
    .word = "dense",
    .meaning = "fires so often that over half of it would overlap by chance",
    .explains_agreement = true,
    .numbers = "density overlap_expected overlap_expected_stratified",
    .raised = raised,
};

}  // namespace isogloss

// Sentence length: long sentences are long in every language, and fire more.
#include <cmath>

#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// |correlation| with length: at this value length explains a quarter of the variance of x.
constexpr double kLengthCorrelation = 0.5;
/// The part of κ lost among sentences of similar length. A κ of .05 is little; this is twice that.
constexpr double kLengthLoss = 0.1;

bool raised(const FlagInput& input) {
  const auto correlation = input.artefacts.length_correlation[input.feature];
  if (std::abs(correlation.value_or(0)) >= kLengthCorrelation) return true;
  const auto kappa = input.scores.agreement[input.feature];
  const auto among_similar = input.artefacts.agreement_length[input.feature];
  return kappa && among_similar && *kappa - *among_similar >= kLengthLoss;
}

}  // namespace

constinit const FlagDefinition flag::length = {
    .name = "flag_length",
    .word = "length",
    .meaning = "follows the length of the sentence",
    .explains_agreement = true,
    .numbers = "length_correlation agreement_raw agreement_length",
    .raised = raised,
};

}  // namespace isogloss

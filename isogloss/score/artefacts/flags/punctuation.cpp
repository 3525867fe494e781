// Punctuation: translations share their full stops, brackets and numbers.
#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// Share of peaks on punctuation, symbols, numbers and spaces; at this value, most of them.
constexpr double kPunctuationShare = 0.5;

bool raised(const FlagInput& input) {
  return *input.artefacts.punctuation_share[input.feature] >= kPunctuationShare;
}

}  // namespace

constinit const FlagDefinition flag::punctuation = {
    .name = "flag_punctuation",
    .word = "punctuation",
    .meaning = "peaks mostly on punctuation, symbols, numbers or spaces",
    .explains_agreement = true,
    .numbers = "punctuation_share",
    .raised = raised,
};

}  // namespace isogloss

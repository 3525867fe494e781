// One token: the feature stands for a word, or a piece of one. That does not explain agreement: the
// tokens may be a word and its translation.
#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {
namespace {

/// Share of a language's activation mass on a single token; at this value, most of it.
constexpr double kTopTokenShare = 0.5;

bool raised(const FlagInput& input) {
  return input.artefacts.top_token_share[input.feature].value_or(0) >= kTopTokenShare;
}

/// The token that top_token_share refers to.
std::optional<FlagDetail> top_token(const Artefacts& artefacts,
                                    std::span<const std::vector<std::int32_t>> active,
                                    std::size_t feature) {
  std::optional<FlagDetail> top;
  for (std::size_t l = 0; l < active.size(); ++l) {
    const auto share = artefacts.top_token_share_of[l][feature];
    if (!share || active[l][feature] < kLeastSupport || (top && *share <= top->share)) continue;
    top = {l, artefacts.top_token[l][feature], *share};
  }
  return top;
}

}  // namespace

constinit const FlagDefinition flag::one_token = {
    .name = "flag_one_token",
    .word = "one token",
    .meaning = "one token carries most of the activation in some language",
    .numbers = "top_token_share",
    .raised = raised,
    .detail = top_token,
};

}  // namespace isogloss

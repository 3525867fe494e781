#include "isogloss/score/artefacts/flags.h"

#include <array>

#include "isogloss/score/artefacts/artefacts.h"

namespace isogloss {

std::span<const FlagDefinition* const> flags() {
  static constexpr std::array kFlags = {
#define ISOGLOSS_FLAG(name) &flag::name,
#include "isogloss/score/artefacts/flags.inc"
#undef ISOGLOSS_FLAG
  };
  return kFlags;
}

bool Artefacts::has(const FlagDefinition& flag, std::int32_t feature) const {
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (isogloss::flags()[i] == &flag) return flags[i][static_cast<std::size_t>(feature)] != 0;
  }
  return false;
}

bool Artefacts::explain_agreement(std::int32_t feature) const {
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (isogloss::flags()[i]->explains_agreement &&
        flags[i][static_cast<std::size_t>(feature)] != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace isogloss

// What a result folder can hold.
#pragma once

#include <cstdint>

namespace isogloss {

/// Far more than any SAE has. Memory is set aside for each, so a file must not claim more.
inline constexpr std::int32_t kMostFeatures = 1 << 24;

}  // namespace isogloss

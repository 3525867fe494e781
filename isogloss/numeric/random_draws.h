// Draws that take more than one random number.
#pragma once

#include <cstdint>
#include <vector>

#include "isogloss/numeric/random.h"

namespace isogloss {

/// A standard normal number (Box & Muller 1958; uses one of the pair).
double random_normal(Random& random);

/// 0 … n − 1 in a uniformly random order (Fisher & Yates). n < 2^31.
std::vector<std::int32_t> random_permutation(std::int32_t n, Random& random);

/// `k` of 0 … n − 1, ascending; each set is equally likely. 0 <= k <= n.
std::vector<std::int32_t> random_subset(std::int32_t n, std::int32_t k, Random& random);

}  // namespace isogloss

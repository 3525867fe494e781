// Random numbers that are the same for the same seed, whatever the standard library.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace isogloss {

/// A generator of its own for each (seed, stream): sections and repetitions do not disturb each
/// other. Not thread-safe.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream);

  std::uint64_t below(std::uint64_t n);  ///< uniform in 0 … n − 1; n > 0
  double uniform();                      ///< in [0, 1)
  double normal();                       ///< standard

  std::vector<std::int32_t> permutation(std::int32_t n);
  /// `k` of 0 … n − 1, each set equally likely, ascending. 0 <= k <= n.
  std::vector<std::int32_t> subset(std::int32_t n, std::int32_t k);

 private:
  std::mt19937_64 engine_;
};

}  // namespace isogloss

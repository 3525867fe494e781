// Comparing a source's rows with golden ones.
#pragma once

#include <cmath>
#include <span>

namespace isogloss::testing {

/// ‖actual − expected‖ / ‖expected‖ of one row.
inline double relative_error(std::span<const float> actual, std::span<const float> expected) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double d = static_cast<double>(actual[i]) - expected[i];
    difference += d * d;
    norm += static_cast<double>(expected[i]) * expected[i];
  }
  return std::sqrt(difference / norm);
}

}  // namespace isogloss::testing

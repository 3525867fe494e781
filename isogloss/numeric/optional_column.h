// A column of numbers that may be undefined.
#pragma once

#include <optional>
#include <vector>

namespace isogloss {

/// [n_features]; values present are finite.
using OptionalColumn = std::vector<std::optional<double>>;

}  // namespace isogloss

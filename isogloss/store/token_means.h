// The mean over a sentence's tokens in place of the maximum.
#pragma once

#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// means[l][i]: Σ_t a[s, l, t, f] / (content tokens of sentence s in language l) for entry i of
/// language l in `maxima`, the folder's own. A feature fires in the mean where it fires in the
/// maximum, so the places are the same. One pass over the activations; 16 bytes an entry. Throws
/// Error(kBadInput) when activations and maxima do not belong together.
std::vector<std::vector<float>> read_token_means(const ResultFolder& folder, const Maxima& maxima,
                                                 const RunControl& control);

}  // namespace isogloss

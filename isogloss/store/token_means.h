// The mean over a sentence's tokens, instead of the maximum.
#pragma once

#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// means[l][i]: Σ_t a[s, l, t, f] / (content tokens of sentence s in language l) for entry i of
/// language l in `maxima`, the folder's own. A mean is above 0 exactly where the maximum is, so the
/// entries are the same. Makes one pass over the activations and takes 16 bytes per entry. Throws
/// Error(kBadInput) if activations and maxima do not belong together.
std::vector<std::vector<float>> read_token_means(const ResultFolder& folder, const Maxima& maxima,
                                                 const RunControl& control);

}  // namespace isogloss

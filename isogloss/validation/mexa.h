// Translation retrieval by features: which sentence of another language is nearest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

/// Features in the order in which they are added, and how much each counts.
struct FeatureOrder {
  std::vector<std::int32_t> features;
  std::vector<double> weights;  ///< the weight of each, >= 0; if empty, all are 1
};

/// MEXA accuracy (Kargaran et al. 2024, arXiv 2410.05873, eq. 1) between languages l and m:
/// sentence s of a language is the vector w_f·x[s, f] over the first `count` features of `order`,
/// c_ij is the cosine of sentence i in l and j in m, or 0 for an empty vector, and the accuracy is
/// the share of i with c_ii > max over j ≠ i of c_ij and c_ji. A tie (to 1e-9) is a failure.
/// Returns one accuracy for each of `counts`, which ascend and are at most the number of features.
/// The cosines are never stored; the cost is Σ_f k_l[f]·k_m[f] + n²·|counts|. Runs on all cores; no
/// result depends on the threads.
std::vector<double> mexa(const Maxima& maxima, std::int32_t l, std::int32_t m,
                         const FeatureOrder& order, std::span<const std::size_t> counts);

}  // namespace isogloss

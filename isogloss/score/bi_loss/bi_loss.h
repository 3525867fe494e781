// Bilingual interpretability loss (Gómez 2024), in the published code's form and the text's
// (docs/method.md §3, which has the rounding of the code's form):
//   loss = JSD + β·idaf,  β = −(JSD of place 300 − JSD of place 0)/(max idaf − min idaf),
//   idaf = nL/c in the text, its negative in the code (1 for it where c < 10),
// with JSD of divergence.h and c the number of (row, language) pairs on which the feature fires.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

enum class BiForm {
  kCode,  ///< "gomez2024": reproduces the published table
  kText,  ///< "gomez2024-text": the formulas of the post's text
};

struct BiLoss {
  /// β as applied: rounded to float32 in the code's form. 0 if the data do not determine it: no
  /// feature is live, or all are equally frequent.
  double beta = 0;
  std::vector<std::optional<double>> loss;  ///< [n_features], absent if silent in any language
  std::vector<std::optional<std::int32_t>> rank;  ///< from 0, lower loss first, ties by feature
};

/// Computes the loss of every feature. `beta` overrides the published β. n_languages >= 2. Runs on
/// all cores (oneTBB); no result depends on the threads. Thread-safe.
BiLoss bi_loss(const Maxima& maxima, BiForm form, std::optional<double> beta);

}  // namespace isogloss

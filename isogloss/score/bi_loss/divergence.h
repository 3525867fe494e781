// The divergence inside the BI loss: how differently a feature spreads over the sentences of each
// language (docs/method.md §3).
#pragma once

#include <cstdint>
#include <span>

#include "isogloss/score/bi_loss/bi_loss.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// Divergence of p_l = softmax over the rows of 100·x_l/divisors[l], with m = mean over l of p_l:
///   kText: (1/L) Σ_l Σ_s p_l (ln p_l − ln m), the Jensen–Shannon divergence;
///   kCode: (1/(nL)) Σ_l Σ_s m (ln m − ln p_l), as the published code computes it.
/// `columns` and `divisors` have one entry per language (L >= 2); divisors[l] >= every value of
/// columns[l]. Costs O(L · non-zeros): rows silent in every language are all the same and are
/// counted in one step. Nothing cancels except the inputs' own rounding: where the languages'
/// logits differ by a share d of themselves, the relative error is about eps/d (tests: below 1e-10
/// down to d = 1e-6). Nothing under- or overflows. Thread-safe.
double softmax_divergence(std::span<const SparseColumn> columns, std::span<const double> divisors,
                          std::int32_t n_rows, BiForm form);

}  // namespace isogloss

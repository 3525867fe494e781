// Published and classical measures of one feature, for comparison with κ (docs/method.md
// §8). Each formula stands in a file of its own beside this one.
//
// Sentence measures take one column of sentence maxima a language (L >= 2) over n_rows sentences;
// rows that are not in a column are zeros and count. Those of two languages are, for more, the mean
// over the pairs of languages that both fire and for which the measure is defined; absent if there
// is no such pair. A function costs O(L²·k), k the non-zeros of a language, and O(L·k log k) more
// where ranks are needed. None depends on the order of rows or languages, but for rounding.
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

/// Jaccard (1912): |A∩B| / |A∪B| of the rows that fire. Rewards density: a warning, not a score.
std::optional<double> jaccard(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// (J − E[J])/(1 − E[J]), the adjustment of Hubert & Arabie (1985) applied to Jaccard, E[J] exact
/// over the hypergeometric overlap. Undefined where E[J] = 1: both fire on every row.
std::optional<double> jaccard_adjusted(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// φ of Yule (1912), Matthews' (1975) correlation: Pearson's of "fires". Undefined where a side
/// fires on every row.
std::optional<double> phi(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// Spearman (1904): Pearson's correlation of ranks, ties sharing their mean rank, zeros one tie.
/// Undefined where a side has the same value on every row.
std::optional<double> spearman(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// Area under the ROC curve by which x of one language tells the rows that fire the other from
/// those that do not, mean of both directions; ½ is chance at any density. A direction is undefined
/// where its target fires on every row; the other then stands alone.
std::optional<double> auroc(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// Σ x y / √(Σ x² Σ y²). Rewards density: a warning, not a score.
std::optional<double> cosine(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// Fleiss (1971) κ: each language a rater who says of each row "fires" or "does not". All languages
/// take part, silent ones too. Absent if all rows fire in every language, or none does in any.
std::optional<double> fleiss(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// ICC(C,1) of McGraw & Wong (1996), ICC(3,1) of Shrout & Fleiss (1979): consistency of x over
/// languages, (MS_R − MS_E)/(MS_R + (L − 1)·MS_E). All languages take part, silent ones too. Absent
/// if x is constant in every language.
std::optional<double> icc(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// LAPE (Tang et al. 2024) on the share of sentences that fire: entropy_of_shares of them.
std::optional<double> lape(std::span<const SparseColumn> columns, std::int32_t n_rows);

/// −Σ p_l ln p_l with p_l = rates[l]/Σ rates, 0 … ln L: low means that few languages have it. Rates
/// >= 0; absent if all are 0. With the share of tokens that fire it is LAPE as published and
/// SAE-LAPE (Andrylie et al. 2025).
std::optional<double> entropy_of_shares(std::span<const double> rates);

/// Smallest over largest of the languages' mean activations >= 0; absent if all are 0.
std::optional<double> mean_ratio(std::span<const double> means);

/// ν of Deng et al. (2025), [n_languages]: a language's mean activation less the mean of the
/// others'. Needs at least two languages.
std::vector<double> monolinguality(std::span<const double> means);

}  // namespace isogloss

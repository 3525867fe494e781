// The rows that scores are computed from, and ways to change them to see how scores respond.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/numeric/random.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"

namespace isogloss {

/// The maxima of some rows and the traits of these rows. `traits` has as many rows as `maxima`, or
/// none if they are not known.
struct MaximaWithTraits {
  Maxima maxima;
  RowTraits traits;
};

/// Keeps only the given rows, renumbered from 0. `rows` is ascending, without repeats.
MaximaWithTraits select_rows(const MaximaWithTraits& observed, std::span<const std::int32_t> rows);

/// Permutes sentences at random within strata: the rows of every language except the first,
/// independently for each language and identically for all features. This keeps each language's
/// activations, sentence by sentence, but not which sentence translates which. Traits stay with the
/// row numbers, and sentences stay in their strata: the result is one draw from the stratified
/// null.
MaximaWithTraits permute_sentences(const MaximaWithTraits& observed, const Strata& strata,
                                   Random& random);

/// Row r of language l becomes row to[l][r]; to[l] is a permutation, or empty to leave l unchanged.
Maxima permute_rows(const Maxima& maxima, std::span<const std::vector<std::int32_t>> to);

/// Replaces the value of entry i of language l by values[l][i]; entries that become 0 are removed.
Maxima with_values(const Maxima& maxima, std::span<const std::vector<float>> values);

}  // namespace isogloss

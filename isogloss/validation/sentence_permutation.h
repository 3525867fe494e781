// What scores are computed from, and what may be done to it to see how they answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/numeric/random.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"

namespace isogloss {

/// The rows of a run. `traits` has as many rows as `maxima`, or none where they are not known.
struct MaximaWithTraits {
  Maxima maxima;
  RowTraits traits;
};

/// The given rows only, renumbered from 0. `rows` is ascending, without repeats.
MaximaWithTraits select_rows(const MaximaWithTraits& observed, std::span<const std::int32_t> rows);

/// Sentences permuted at random within strata: the rows of every language but the first are
/// permuted, each language's by itself, all features alike. What stays: each language's
/// activations, sentence by sentence; what goes: which sentence is whose translation. A row keeps
/// its traits, and so its stratum: permuted within strata, it is one draw of the stratified null.
MaximaWithTraits permute_sentences(const MaximaWithTraits& observed, const Strata& strata,
                                   Random& random);

/// Row r of language l becomes row to[l][r]; to[l] is a permutation, empty to leave l as it is.
Maxima permute_rows(const Maxima& maxima, std::span<const std::vector<std::int32_t>> to);

/// Other values at the same places: values[l][i] for entry i of language l; entries with 0 go.
Maxima with_values(const Maxima& maxima, std::span<const std::vector<float>> values);

}  // namespace isogloss

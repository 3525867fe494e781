// Maxima from the arrays of a sparse matrix.
#pragma once

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss::python {

template <class T>
using ArrayOf =
    nanobind::ndarray<const T, nanobind::ndim<1>, nanobind::c_contig, nanobind::device::cpu>;

/// One language: its name and scipy's `indptr`, `indices` and `data` of a CSC matrix [n_sentences,
/// n_features].
using LanguageArrays =
    std::tuple<std::string, ArrayOf<std::int64_t>, ArrayOf<std::int32_t>, ArrayOf<float>>;

/// Copies what is not zero. Throws Error: kUsage for arrays that are no such matrix, kBadInput for
/// an entry that is negative or not finite, and for a feature whose sentences do not ascend.
Maxima maxima_of(const std::vector<LanguageArrays>& languages, std::int32_t n_sentences,
                 std::int32_t n_features);

}  // namespace isogloss::python

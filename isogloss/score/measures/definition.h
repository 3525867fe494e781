// The definition of a published or classical measure of one feature, for comparison with κ
// (docs/method.md §8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "isogloss/stats/token_totals.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// A measure is declared once, beside its formula, in a file of its own in this folder; a row of
/// measures.inc lists it. Everything else (files, page, `show`, validation) reads the definition.
///
/// Exactly one of `of_sentences` and `of_token_numbers` is set.
///
/// A sentence measure takes one column of sentence maxima per language (L >= 2) over n_rows
/// sentences; rows that are not in a column are zeros and count. A measure defined for two
/// languages becomes, for more, the mean over the pairs in which both fire and the measure is
/// defined; it is absent if there is no such pair. It costs O(L²·k), with k the non-zeros of a
/// language, and
/// O(L·k log k) more where ranks are needed. Apart from rounding, it does not depend on the order
/// of rows or languages.
///
/// A token measure takes one number per language, `token_number` of that language's totals.
///
/// Results are finite. All functions are thread-safe.
struct MeasureDefinition {
  std::string_view name;         ///< also the column's name
  std::string_view description;  ///< what it is, as half a sentence
  std::string_view source;       ///< who published it
  bool high_is_shared = true;    ///< high values mean "shared by the languages"; else low ones do
  /// In the validation: max(0, value) says how much a feature counts.
  bool is_weight = false;
  /// In the validation: its expectation is claimed to be 0 where sentences are paired at random.
  bool chance_is_zero = false;

  std::optional<double> (*of_sentences)(std::span<const SparseColumn> columns,
                                        std::int32_t n_rows) = nullptr;

  double (*token_number)(const TokenTotals& totals, std::size_t feature) = nullptr;
  std::optional<double> (*of_token_numbers)(std::span<const double> numbers) = nullptr;
  /// Optional: one value per language, written as columns `name`_<language> beside the measure. The
  /// values are absent where the measure is.
  std::vector<double> (*by_language)(std::span<const double> numbers) = nullptr;

  bool uses_tokens() const { return of_sentences == nullptr; }
};

/// The mean activation of a feature over a language's tokens; 0 where there are none.
double token_mean(const TokenTotals& totals, std::size_t feature);

/// The share of a language's tokens on which a feature fires; 0 where there are none.
double token_rate(const TokenTotals& totals, std::size_t feature);

namespace measure {
#define ISOGLOSS_MEASURE(name) extern const MeasureDefinition name;
#include "isogloss/score/measures/measures.inc"
#undef ISOGLOSS_MEASURE
}  // namespace measure

}  // namespace isogloss

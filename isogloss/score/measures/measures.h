// The registry of measures, and measures by name over all features.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/score/measures/definition.h"
#include "isogloss/stats/token_totals.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// One column. Values are finite, [n_features].
struct Measure {
  std::string name;
  std::vector<std::optional<double>> values;
};

/// All measures, in the order in which they are shown: the rows of measures.inc, then those added.
std::span<const MeasureDefinition* const> measures();

/// Adds a measure of a program's own, which must live as long as the program; from then on it is
/// scored, written, read and shown as the others are. Its name must be new. Not thread-safe: call
/// it before anything else of the library.
void add_measure(const MeasureDefinition& definition);

/// Error(kUsage) listing the names if there is none called `name`.
const MeasureDefinition& find_measure(std::string_view name);

/// The columns that a measure has over these languages: its own, then, for one that has values of
/// single languages, `name`_<language> for each.
std::vector<std::string> measure_columns(const MeasureDefinition& definition,
                                         std::span<const std::string> languages);

/// Those columns with their values. `totals` is by language, as in `maxima`; it may be empty if the
/// measure does not use tokens. n_languages >= 2. Error(kUsage) as find_measure. Runs on all cores
/// (oneTBB); no result depends on the threads.
std::vector<Measure> compute_measure(std::string_view name, const Maxima& maxima,
                                     std::span<const TokenTotals> totals);

}  // namespace isogloss

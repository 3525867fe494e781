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

/// One column of a measure. `values` is [n_features], finite where present.
struct Measure {
  std::string name;
  std::vector<std::optional<double>> values;
};

/// All measures, in the order in which they are shown: the rows of measures.inc, then those added.
std::span<const MeasureDefinition* const> measures();

/// Adds a program's own measure, which must live as long as the program; from then on it is scored,
/// written, read and shown like the others. Its name must be new. Not thread-safe: call it before
/// anything else of the library.
void add_measure(const MeasureDefinition& definition);

/// Throws Error(kUsage), listing the names, if no measure is called `name`.
const MeasureDefinition& find_measure(std::string_view name);

/// The names of a measure's columns over these languages: its own and then, if it has a value per
/// language, `name`_<language> for each.
std::vector<std::string> measure_columns(const MeasureDefinition& definition,
                                         std::span<const std::string> languages);

/// Computes those columns. `totals` has one entry per language, in the order of `maxima`; it may be
/// empty if the measure does not use tokens. n_languages >= 2. Throws Error(kUsage) as find_measure
/// does. Runs on all cores (oneTBB); no result depends on the threads.
std::vector<Measure> compute_measure(std::string_view name, const Maxima& maxima,
                                     std::span<const TokenTotals> totals);

}  // namespace isogloss

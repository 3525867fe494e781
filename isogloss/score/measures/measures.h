// Published and classical measures by name, over all features (docs/method.md §8).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/stats/token_totals.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

struct MeasureInfo {
  std::string_view name;  ///< also the column's name
  std::string_view description;
  std::string_view source;
  bool high_is_shared;  ///< which end means "shared by the languages", the other "specific" or
                        ///< chance
  bool uses_tokens;     ///< is made of TokenTotals, not of sentence maxima
};

/// One column. Values are finite, [n_features].
struct Measure {
  std::string name;
  std::vector<std::optional<double>> values;
};

/// All measures, in the order in which they are shown.
std::span<const MeasureInfo> measures();

/// Error(kUsage) listing the names if there is none called `name`.
const MeasureInfo& find_measure(std::string_view name);

/// The columns of one measure: one called `name`; for "nu" also "nu_<language>" for each language,
/// of which "nu" is the largest. `totals` is by language, as in `maxima`; it may be empty if the
/// measure does not use tokens. n_languages >= 2. Error(kUsage) as find_measure. Runs on all cores
/// (oneTBB); no result depends on the threads.
std::vector<Measure> compute_measure(std::string_view name, const Maxima& maxima,
                                     std::span<const TokenTotals> totals);

}  // namespace isogloss

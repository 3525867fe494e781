// What is said of a feature in lines of text.
#pragma once

#include <string>
#include <vector>

#include "isogloss/evidence/feature_view.h"

namespace isogloss::cli {

/// The feature's numbers, its flags spelled out, what it says and the tokens on which it peaks: two
/// blanks, a label and text broken between words at `width` columns. What is not known is left out.
void print_numbers(const FeatureView& view, int width);

/// The words of the feature's flags.
std::vector<std::string> flag_words(const ScoreTable& scores, std::int32_t feature);

/// What a flag's meaning leaves open, to stand behind it: which language, or which token and where;
/// "" of other flags.
std::string flag_detail_text(const ScoreTable& scores, const FlagDefinition& flag,
                             std::int32_t feature);

}  // namespace isogloss::cli

// The description of a feature in lines of text.
#pragma once

#include <string>
#include <vector>

#include "isogloss/evidence/feature_view.h"

namespace isogloss::cli {

/// The feature's numbers, its flags spelled out, the tokens it promotes and suppresses, and the
/// tokens on which it peaks. Each line has two blanks, a label, and text broken between words at
/// `width` columns. What is not known is left out.
void print_numbers(const FeatureView& view, int width);

/// The words of the feature's flags.
std::vector<std::string> flag_words(const ScoreTable& scores, std::int32_t feature);

/// The detail that follows a flag's meaning: which language, or which token and where; "" for other
/// flags.
std::string flag_detail_text(const ScoreTable& scores, const FlagDefinition& flag,
                             std::int32_t feature);

}  // namespace isogloss::cli

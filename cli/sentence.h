// A sentence with its activations on a terminal.
#pragma once

#include <string>
#include <vector>

#include "isogloss/evidence/feature_view.h"

namespace isogloss::cli {

/// Firing tokens shaded by value / `max`, or in [brackets] without colour. Lines of at most
/// `columns` columns, padded to that width, broken between tokens.
std::vector<std::string> wrap_sentence(const ViewedSentence& sentence, float max, int columns,
                                       bool colour);

/// The same as one line that shows the strongest token, with ellipses where text is left out.
std::string sentence_line(const ViewedSentence& sentence, float max, int columns, bool colour);

}  // namespace isogloss::cli

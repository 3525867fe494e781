// What quotes in a TSV mean.
#pragma once

#include <string_view>

namespace isogloss {

/// Whether a CSV library wrote `bytes` and its quotes enclose fields. It did if a field of the
/// header is in quotes; or if some field in quotes holds a doubled quote and no other field has a
/// quote that such a library would have enclosed; or if only so every line has the header's number
/// of columns. Otherwise quotes are part of the text. Throws Error(kBadInput), naming the lines, if
/// doubled quotes stand beside bare ones.
bool tsv_is_quoted(std::string_view bytes, std::string_view name);

}  // namespace isogloss

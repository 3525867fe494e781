// What quotes in a TSV mean.
#pragma once

#include <cstdint>
#include <string_view>

namespace isogloss {

struct TsvQuotes {
  bool are_syntax = false;      ///< a CSV library wrote them: they enclose fields
  std::int64_t n_enclosed = 0;  ///< if not: fields that begin and end with one all the same
};

/// Whether a CSV library wrote `bytes` and its quotes enclose fields. It did if a field of the
/// header is in quotes; or if some field in quotes holds a doubled quote and no other field has a
/// quote that such a library would have enclosed; or if only so every line has the header's number
/// of columns. Otherwise quotes are part of the text. Throws Error(kBadInput), naming the lines, if
/// doubled quotes stand beside bare ones.
TsvQuotes look_at_quotes(std::string_view bytes, std::string_view name);

}  // namespace isogloss

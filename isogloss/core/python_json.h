// JSON as Python's json module writes it.
#pragma once

#include <string>
#include <string_view>

namespace isogloss {

/// `text` with the bare words NaN, Infinity and -Infinity, which Python writes and JSON does not
/// know, replaced by null. Strings, and everything that is no JSON at all, stay as they are.
std::string without_nan_words(std::string_view text);

}  // namespace isogloss

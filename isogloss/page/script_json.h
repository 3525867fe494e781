// JSON in the form that pages hold.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "isogloss/core/json_text.h"

namespace isogloss {

/// `value` rounded to `n_digits` significant digits, as the nearest double, which prints as those
/// digits; null if NaN.
nlohmann::json rounded(double value, int n_digits = 6);

/// JSON that is safe in a script element: it has no "<", hence no end tag and no comment.
template <class Json>
std::string script_safe(const Json& value) {
  const auto text = json_text(value);
  std::string safe;
  safe.reserve(text.size());
  for (const char character : text) {
    if (character == '<') {
      safe += "\\u003c";
    } else {
      safe += character;
    }
  }
  return safe;
}

}  // namespace isogloss

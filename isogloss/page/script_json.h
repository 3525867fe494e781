// JSON as pages hold it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace isogloss {

/// `value` as the nearest double of 6 significant digits, which prints as those; null if NaN.
nlohmann::json rounded(double value);

/// JSON that can stand in a script element: no "<", so no end tag and no comment.
template <class Json>
std::string script_safe(const Json& value) {
  const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
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

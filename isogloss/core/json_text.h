// JSON as text.
#pragma once

#include <string>

namespace isogloss {

/// `value` as text, on one line if `indent` is -1. A path may hold bytes that are not UTF-8; JSON
/// cannot, so they become U+FFFD.
template <class Json>
std::string json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace isogloss

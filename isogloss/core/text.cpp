#include "isogloss/core/text.h"

#include <utf8.h>

namespace isogloss {

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto* invalid = utf8::find_invalid(text.data(), text.data() + text.size());
  if (invalid == text.data() + text.size()) return std::nullopt;
  return static_cast<std::size_t>(invalid - text.data());
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(utf8::unchecked::distance(text.begin(), text.end()));
}

}  // namespace isogloss

// Checks on text from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isogloss {

/// Byte offset of the first byte that is not part of valid UTF-8, or nullopt.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Number of Unicode code points; `text` is valid UTF-8.
std::size_t count_code_points(std::string_view text);

}  // namespace isogloss

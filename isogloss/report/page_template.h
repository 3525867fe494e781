// The report page without its data, built into the library (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace isogloss {

/// A page is page_head() + JSON + page_tail(); in the JSON every "<" is escaped.
std::string_view page_head();
std::string_view page_tail();

}  // namespace isogloss

// XML as a stream of events, read by expat.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace isogloss {

struct XmlEvents {
  std::function<void(std::string_view name, const std::map<std::string, std::string>& attributes)>
      begin;
  std::function<void(std::string_view name)> end;
  std::function<void(std::string_view text)> text;  ///< UTF-8; one text may come in several pieces
};

/// Calls `events` in the order of the text; they may throw. No entity is expanded but XML's own
/// five and numbers, nothing outside the file is read. Throws Error(kBadInput) naming the line.
void read_xml(std::string_view bytes, std::string_view name, const XmlEvents& events);

}  // namespace isogloss

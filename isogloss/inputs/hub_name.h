// Names of files and folders on the hub.
#pragma once

#include <string>
#include <string_view>

#include "isogloss/hub/hub.h"

namespace isogloss {

struct HubName {
  HubRepo repo;
  std::string path;  ///< in the repository; empty for all of it

  /// "hf:OWNER/NAME/PATH", with "@REVISION" unless that is main.
  std::string text() const;
  /// "hf:OWNER/NAME/PATH@COMMIT".
  std::string at(const std::string& commit) const;
};

/// `words` begin with "hf:". Throws Error(kUsage) if they do not name a repository.
HubName parse_hub_name(std::string_view words, HubKind kind);

}  // namespace isogloss

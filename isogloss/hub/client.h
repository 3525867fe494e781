// The hub's own questions and answers about one repository.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/hub/answers.h"
#include "isogloss/hub/http.h"
#include "isogloss/hub/hub.h"
#include "isogloss/hub/settings.h"

namespace isogloss {

/// What the hub says about a file before it sends it.
struct HubFileHead {
  std::string hash;                    ///< see is_blob_hash
  std::optional<std::uint64_t> bytes;  ///< unknown from some mirrors
  std::string strong_etag;  ///< for If-Range, as the header has it; empty if it is of no use
};

class HubClient {
 public:
  HubClient(const HubSettings& settings, const HubRepo& repo, const RunControl& control)
      : settings_(settings), repo_(repo), control_(control) {}

  /// What the revision stands for.
  std::string commit() const;
  std::vector<HubFile> files(const std::string& commit) const;
  /// nullopt if the repository has no such file at this commit.
  std::optional<HubFileHead> head(const std::string& commit, const std::string& path) const;
  std::string file_url(const std::string& commit, const std::string& path) const;

  /// Throws the Error that says why the hub refused and what helps. `what` is what was asked for.
  [[noreturn]] void refuse(const HttpAnswer& answer, const std::string& what) const;

  const HubSettings& settings() const { return settings_; }
  const RunControl& control() const { return control_; }

 private:
  std::string api_url() const;
  [[noreturn]] void refuse_revision() const;

  const HubSettings& settings_;
  const HubRepo& repo_;
  const RunControl& control_;
};

/// "owner/name" or "datasets/owner/name": the repository in addresses and messages.
std::string address_of(const HubRepo& repo);

}  // namespace isogloss

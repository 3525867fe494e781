// One request over HTTP, with libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/hub/settings.h"

namespace isogloss {

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::chrono::seconds retry_after{0};  ///< 0: the server does not say

  /// Empty if there is no such header.
  std::string header(const std::string& name) const;
};

struct HttpRequest {
  std::string url;
  bool head_only = false;              ///< then a redirect to another host is the answer
  std::vector<std::string> headers{};  ///< "Range: bytes=5-"
  /// Where the body goes if the status is 2xx; otherwise, and if empty, into HttpAnswer::body.
  /// Called with the status and headers known; may throw.
  std::function<void(const HttpAnswer&, std::string_view)> write{};
};

/// What another attempt may mend: a dropped connection, a busy server.
class HubTransient : public std::runtime_error {
 public:
  explicit HubTransient(const std::string& what) : std::runtime_error(what) {}
  std::chrono::seconds retry_after{0};
  bool made_progress = false;
};

/// Follows redirects; the token goes to the endpoint's own scheme, host and port alone, and only
/// https is spoken unless the endpoint is named with http. Throws HubTransient for a connection
/// that fails, Error for one that cannot succeed, and kInterrupted when a stop is asked for. A
/// status is no failure here.
HttpAnswer http_exchange(const HttpRequest& request, const HubSettings& settings,
                         const RunControl& control);

/// Calls `attempt` until it does not throw HubTransient, with growing pauses of random length.
/// Throws Error(kEnvironment) after settings.n_attempts without progress.
void with_retries(const HubSettings& settings, const RunControl& control,
                  const std::function<void()>& attempt);

/// http_exchange, where 408, 429 and 5xx are HubTransient, with with_retries around it.
HttpAnswer patient_exchange(const HttpRequest& request, const HubSettings& settings,
                            const RunControl& control);

/// Throws HubTransient for the statuses that call for patience.
void throw_if_busy(const HttpAnswer& answer);

/// The URL that `reference` means on the page `base`. Throws Error(kBadInput) if it is none.
std::string resolved_url(const std::string& base, const std::string& reference);
/// True if both have the same scheme, host and port.
bool same_origin(const std::string& url, const std::string& other);
/// `text` with everything but letters, digits, "-._~" and those in `kept` as %XX.
std::string url_quoted(std::string_view text, std::string_view kept);

}  // namespace isogloss

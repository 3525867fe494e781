// One file from the hub into the cache.
#pragma once

#include <string>

#include "isogloss/hub/cache.h"
#include "isogloss/hub/client.h"

namespace isogloss {

/// Fetches the content of a file, checks it against `head.hash` and makes it the blob of that name;
/// goes on where an earlier call was interrupted. The caller holds the blob's lock.
void download_blob(const HubClient& client, const HubCache& cache, const std::string& commit,
                   const std::string& path, const HubFileHead& head);

}  // namespace isogloss

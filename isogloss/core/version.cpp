#include "isogloss/core/version.h"

#include <arrow/config.h>

namespace isogloss {

std::string version() { return ISOGLOSS_VERSION; }

std::string arrow_version() { return arrow::GetBuildInfo().version_string; }

}  // namespace isogloss

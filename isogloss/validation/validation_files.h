// validation.parquet and validation.html.
#pragma once

#include <span>

#include "isogloss/validation/validation.h"

namespace isogloss {

/// Writes both files atomically, the page last; makes the folder if it is not there. Equal findings
/// give equal bytes. At least one run.
void write_validation(const ValidationFolder& folder, std::span<const ValidationRun> runs,
                      const ValidationOptions& options, std::span<const Finding> findings);

}  // namespace isogloss

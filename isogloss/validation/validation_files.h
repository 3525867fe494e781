// validation.parquet and validation.html.
#pragma once

#include <span>

#include "isogloss/validation/validation.h"

namespace isogloss {

/// Writes validation.parquet and validation.html atomically, the page last; creates the folder if
/// it is missing. Equal findings give equal bytes. `runs` holds at least one run.
void write_validation(const ValidationFolder& folder, std::span<const ValidationRun> runs,
                      const ValidationOptions& options, std::span<const Finding> findings);

}  // namespace isogloss

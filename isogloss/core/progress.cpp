#include "isogloss/core/progress.h"

#include "isogloss/core/error.h"

namespace isogloss {

void RunControl::throw_if_stopped() const {
  if (stop_requested()) {
    throw Error(ErrorCode::kInterrupted, "interrupted; run the same command again to resume");
  }
}

}  // namespace isogloss

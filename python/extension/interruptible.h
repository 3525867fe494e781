// Long work beside Python: other threads of Python run on, Ctrl-C stops it, and progress is told.
#pragma once

#include <nanobind/nanobind.h>

#include <functional>

#include "isogloss/core/progress.h"

namespace isogloss::python {

/// Runs `work` on a thread of its own, without the GIL. Calls progress(stage, unit, done, total),
/// unless it is None, a few times a second from the calling thread. What Python raises meanwhile,
/// such as KeyboardInterrupt, stops the work and is raised once it has ended.
void run_interruptibly(const nanobind::object& progress,
                       const std::function<void(const RunControl&)>& work);

}  // namespace isogloss::python

#include "python/extension/interruptible.h"

#include <nanobind/stl/string.h>
#include <tbb/global_control.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "isogloss/core/usable_cores.h"

namespace nb = nanobind;

namespace isogloss::python {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};

struct Update {
  std::string stage;
  std::string unit;
  std::int64_t done;
  std::int64_t total;
};

/// The last update that was not told yet.
class Latest {
 public:
  void set(const ProgressUpdate& update) {
    const std::lock_guard lock(mutex_);
    update_ =
        Update{std::string(update.stage), std::string(update.unit), update.done, update.total};
  }
  std::optional<Update> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(update_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<Update> update_;
};

void tell(const nb::object& progress, Latest& latest) {
  const auto update = latest.take();
  if (update && !progress.is_none()) {
    progress(update->stage, update->unit, update->done, update->total);
  }
}

}  // namespace

void run_interruptibly(const nb::object& progress,
                       const std::function<void(const RunControl&)>& work) {
  Latest latest;
  std::atomic<bool> stop{false};
  RunControl control;
  control.progress = [&](const ProgressUpdate& update) { latest.set(update); };
  control.stop = &stop;
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(usable_cores()));
  auto working = std::async(std::launch::async, [&] { work(control); });
  const auto is_ready = [&](std::chrono::milliseconds patience) {
    const nb::gil_scoped_release released;
    return working.wait_for(patience) == std::future_status::ready;
  };
  try {
    while (!is_ready(kLookEvery)) {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      tell(progress, latest);
    }
  } catch (...) {
    stop = true;
    const nb::gil_scoped_release released;
    working.wait();
    throw;
  }
  working.get();
  tell(progress, latest);
}

}  // namespace isogloss::python

// How a long call reports its progress to the caller, and how the caller stops it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace isogloss {

struct ProgressUpdate {
  std::string_view stage;  ///< e.g. "extract"; lives for the call only
  std::string_view unit;   ///< what is counted, e.g. "tokens"
  std::int64_t done = 0;
  std::int64_t total = 0;
};

/// Passed down to every long call. The callbacks are called from the calling thread only.
struct RunControl {
  std::function<void(const ProgressUpdate&)> progress;  ///< may be empty
  std::function<void(std::string_view)> warn;           ///< one line; may be empty
  const std::atomic<bool>* stop = nullptr;              ///< set to true to ask for a stop

  void report(const ProgressUpdate& update) const {
    if (progress) progress(update);
  }
  void warning(std::string_view line) const {
    if (warn) warn(line);
  }
  bool stop_requested() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
  /// Throws Error(kInterrupted) when a stop was asked for.
  void throw_if_stopped() const;
};

}  // namespace isogloss

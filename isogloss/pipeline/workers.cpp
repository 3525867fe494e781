#include "isogloss/pipeline/workers.h"

#include <algorithm>

namespace isogloss {

WorkerPlan plan_workers(std::int32_t n_threads, std::int64_t n_batches,
                        std::uint64_t memory_of_each, std::uint64_t memory) {
  const auto that_fit =
      static_cast<std::int64_t>(std::min<std::uint64_t>(memory / memory_of_each, INT32_MAX));
  const auto most = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(std::min(n_batches, that_fit), 1, n_threads));
  const std::int32_t threads_of_each = (n_threads + most - 1) / most;
  return {.n_workers = n_threads / threads_of_each, .n_threads = threads_of_each};
}

}  // namespace isogloss

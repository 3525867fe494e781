// How many batches run side by side. Internal to the pipeline.
#pragma once

#include <cstdint>

namespace isogloss {

struct WorkerPlan {
  std::int32_t n_workers = 1;
  std::int32_t n_threads = 1;  ///< of each
  bool operator==(const WorkerPlan&) const = default;
};

/// One worker for each of `n_threads`, since a batch is run fastest by one thread; but no more than
/// there are batches, nor than fit into `memory` bytes at `memory_of_each`. Threads beyond that are
/// shared out, so that each worker runs its batches with several.
WorkerPlan plan_workers(std::int32_t n_threads, std::int64_t n_batches,
                        std::uint64_t memory_of_each, std::uint64_t memory);

}  // namespace isogloss

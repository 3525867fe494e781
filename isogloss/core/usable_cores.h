// How many cores this process may keep busy.
#pragma once

#include <cstdint>
#include <filesystem>

namespace isogloss {

/// The cores that the process may run on, at least 1: those of its affinity mask, or fewer where a
/// cgroup has a CPU quota (`docker run --cpus`, Kubernetes limits, Slurm). A quota counts in whole
/// cores. Looked up anew by every call.
std::int32_t usable_cores();

/// The smallest CPU quota of the cgroup that `membership` (a /proc/PID/cgroup) names and of those
/// around it, in cores; infinity if there is none. `root`: where cgroups are mounted. For tests.
double cgroup_quota(const std::filesystem::path& membership, const std::filesystem::path& root);

}  // namespace isogloss

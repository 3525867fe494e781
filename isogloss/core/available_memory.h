// How much memory this process may still take.
#pragma once

#include <cstdint>
#include <filesystem>

namespace isogloss {

/// Bytes that can be taken without swapping, as the system estimates them, or fewer where a cgroup
/// has a limit (`docker run --memory`, Slurm). Half of the machine's memory where the system gives
/// no estimate (macOS). Looked up anew by every call.
std::uint64_t available_memory();

/// What is left to the cgroup that `membership` (a /proc/PID/cgroup) names and to those around it;
/// UINT64_MAX if none has a limit. `root`: where cgroups are mounted. For tests.
std::uint64_t cgroup_memory_left(const std::filesystem::path& membership,
                                 const std::filesystem::path& root);

}  // namespace isogloss

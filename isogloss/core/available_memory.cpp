#include "isogloss/core/available_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include "isogloss/core/cgroup_internal.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// The cache of files counts as used, but gives way when memory is wanted.
std::uint64_t reclaimable(const fs::path& stat) {
  std::ifstream file(stat);
  std::string name;
  for (std::uint64_t value = 0; file >> name >> value;) {
    if (name == "inactive_file" || name == "total_inactive_file") return value;
  }
  return 0;
}

std::uint64_t left(const fs::path& cgroup, const char* limit_name, const char* usage_name) {
  std::ifstream limit_file(cgroup / limit_name);
  std::ifstream usage_file(cgroup / usage_name);
  std::uint64_t limit = 0;
  std::uint64_t usage = 0;
  if (!(limit_file >> limit) || !(usage_file >> usage)) return kUnlimited;  // "max" is no number
  const auto used = usage - std::min(usage, reclaimable(cgroup / "memory.stat"));
  return limit - std::min(limit, used);
}

std::uint64_t left_of_version_2(const fs::path& cgroup) {
  return left(cgroup, "memory.max", "memory.current");
}

std::uint64_t left_of_version_1(const fs::path& cgroup) {
  return left(cgroup, "memory.limit_in_bytes", "memory.usage_in_bytes");
}

std::uint64_t available_of_the_machine() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kName = "MemAvailable:";
    if (line.starts_with(kName)) return std::stoull(line.substr(kName.size())) * 1024;
  }
  const auto n_pages = static_cast<std::uint64_t>(std::max(1L, sysconf(_SC_PHYS_PAGES)));
  return n_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
}

}  // namespace

std::uint64_t cgroup_memory_left(const fs::path& membership, const fs::path& root) {
  return smallest_of_cgroups<std::uint64_t>(membership, root, "memory", kUnlimited,
                                            &left_of_version_2, &left_of_version_1);
}

std::uint64_t available_memory() {
  return std::min(available_of_the_machine(),
                  cgroup_memory_left("/proc/self/cgroup", "/sys/fs/cgroup"));
}

}  // namespace isogloss

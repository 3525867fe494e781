#include "isogloss/core/usable_cores.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <thread>

#include "isogloss/core/cgroup_internal.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr double kNoQuota = std::numeric_limits<double>::infinity();

/// Of version 2: "200000 100000" is two cores, "max 100000" is no quota.
double quota_of_version_2(const fs::path& cgroup) {
  std::ifstream file(cgroup / "cpu.max");
  double quota = 0;
  double period = 0;
  return file >> quota >> period && quota > 0 && period > 0 ? quota / period : kNoQuota;
}

/// Of version 1: a quota of −1 is none.
double quota_of_version_1(const fs::path& cgroup) {
  std::ifstream quota_file(cgroup / "cpu.cfs_quota_us");
  std::ifstream period_file(cgroup / "cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  return quota_file >> quota && period_file >> period && quota > 0 && period > 0 ? quota / period
                                                                                 : kNoQuota;
}

}  // namespace

double cgroup_quota(const fs::path& membership, const fs::path& root) {
  return smallest_of_cgroups<double>(membership, root, "cpu", kNoQuota, &quota_of_version_2,
                                     &quota_of_version_1);
}

std::int32_t usable_cores() {
  const double allowed = std::max(1U, std::thread::hardware_concurrency());
  const double quota = cgroup_quota("/proc/self/cgroup", "/sys/fs/cgroup");
  return std::max(1, static_cast<std::int32_t>(std::min(allowed, quota)));
}

}  // namespace isogloss

#include "isogloss/core/usable_cores.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

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

/// The smallest of `quota` over `name` and the cgroups around it below `root`. A container may see
/// its own cgroup as `root` while `name` is still the host's; then only `root` is there to be read.
double smallest(double (*quota)(const fs::path&), const fs::path& root, fs::path name) {
  double least = quota(root);
  for (name = name.relative_path(); !name.empty(); name = name.parent_path()) {
    least = std::min(least, quota(root / name));
  }
  return least;
}

bool names_cpu(const std::string& controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

double cgroup_quota(const fs::path& membership, const fs::path& root) {
  double least = kNoQuota;
  std::ifstream file(membership);
  // Lines are ID:CONTROLLERS:NAME; of version 2 there is one, without controllers.
  for (std::string id, controllers, name; std::getline(file, id, ':') &&
                                          std::getline(file, controllers, ':') &&
                                          std::getline(file, name);) {
    if (controllers.empty()) {
      least = std::min(least, smallest(&quota_of_version_2, root, name));
    } else if (names_cpu(controllers)) {
      least = std::min(least, smallest(&quota_of_version_1, root / controllers, name));
    }
  }
  return least;
}

std::int32_t usable_cores() {
  const double allowed = std::max(1U, std::thread::hardware_concurrency());
  const double quota = cgroup_quota("/proc/self/cgroup", "/sys/fs/cgroup");
  return std::max(1, static_cast<std::int32_t>(std::min(allowed, quota)));
}

}  // namespace isogloss

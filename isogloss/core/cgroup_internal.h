// The limits of the cgroups that a process is in.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace isogloss {

/// The smallest limit of the cgroup that `membership` (a /proc/PID/cgroup) names and of those
/// around it, below `root`; `none` if there is none. `of_version_2` and `of_version_1` read a
/// limit, or `none`, from a cgroup's folder; the latter those of `controller`. A container may see
/// its own cgroup as `root` while the name is still the host's; then only `root` is there to be
/// read.
template <class Limit>
Limit smallest_of_cgroups(const std::filesystem::path& membership,
                          const std::filesystem::path& root, const std::string& controller,
                          Limit none, Limit (*of_version_2)(const std::filesystem::path&),
                          Limit (*of_version_1)(const std::filesystem::path&)) {
  Limit least = none;
  const auto look = [&](Limit (*limit)(const std::filesystem::path&),
                        const std::filesystem::path& top, std::filesystem::path name) {
    least = std::min(least, limit(top));
    for (name = name.relative_path(); !name.empty(); name = name.parent_path()) {
      least = std::min(least, limit(top / name));
    }
  };
  std::ifstream file(membership);
  // Lines are ID:CONTROLLERS:NAME; of version 2 there is one, without controllers.
  for (std::string id, controllers, name; std::getline(file, id, ':') &&
                                          std::getline(file, controllers, ':') &&
                                          std::getline(file, name);) {
    if (controllers.empty()) {
      look(of_version_2, root, name);
    } else if (("," + controllers + ",").find("," + controller + ",") != std::string::npos) {
      look(of_version_1, root / controllers, name);
    }
  }
  return least;
}

}  // namespace isogloss

#include "cli/data_folder.h"

#include <fmt/format.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "isogloss/core/error.h"

namespace isogloss::cli {
namespace {

std::filesystem::path executable() {
#ifdef __APPLE__
  char path[4096];
  std::uint32_t size = sizeof(path);
  if (_NSGetExecutablePath(path, &size) == 0) return std::filesystem::canonical(path);
  return {};
#else
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
#endif
}

}  // namespace

std::filesystem::path data_folder() {
  const auto installed = executable().parent_path().parent_path() / "share" / "isogloss";
  for (const auto& folder : {installed, std::filesystem::path(ISOGLOSS_DATA_DIR)}) {
    if (std::filesystem::exists(folder / "demo.tsv")) return folder;
  }
  throw Error(ErrorCode::kEnvironment,
              fmt::format("{}: no demo data; install isogloss again, or run from a clone",
                          installed.string()));
}

}  // namespace isogloss::cli

#include "isogloss/core/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "isogloss/core/error.h"

namespace isogloss {

FolderLock::FolderLock(const std::filesystem::path& folder, Hold hold)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  const int operation = (hold == Hold::kAlone ? LOCK_EX : LOCK_SH) | LOCK_NB;
  if (descriptor_ < 0 || ::flock(descriptor_, operation) == 0 || errno != EWOULDBLOCK) return;
  ::close(descriptor_);
  throw Error(ErrorCode::kEnvironment,
              fmt::format("{}: another isogloss is writing there; wait until it is done, or choose "
                          "another folder",
                          folder.string()));
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace isogloss

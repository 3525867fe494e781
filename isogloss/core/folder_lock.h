// One writer at a time in a folder.
#pragma once

#include <filesystem>

namespace isogloss {

/// Held until the object goes, or its process ends in any way; leaves no file behind. Advisory:
/// only others that ask for it are kept out. Not copyable. A second one of the same folder in the
/// same process is refused as well.
class FolderLock {
 public:
  enum class Hold { kAlone, kWithOthers };

  /// Throws Error(kEnvironment) if another holds it, unless both hold it with others. Where there
  /// is no folder, or the file system has no locks, nobody is kept out.
  explicit FolderLock(const std::filesystem::path& folder, Hold hold = Hold::kAlone);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  int descriptor_;
};

}  // namespace isogloss

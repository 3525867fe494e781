// The hub's cache on disk, laid out as Python's huggingface_hub does:
//   models--OWNER--REPO/refs/REVISION            the commit it stood for when last asked
//   models--OWNER--REPO/blobs/HASH               contents, named by the hash the hub gives
//   models--OWNER--REPO/snapshots/COMMIT/PATH    links to them
//   models--OWNER--REPO/trees/COMMIT.json        the list of files
//   models--OWNER--REPO/.no_exist/COMMIT/PATH    files known not to be there
//   .locks/models--OWNER--REPO/HASH.lock         held while a blob is fetched
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/hub/answers.h"
#include "isogloss/hub/hub.h"

namespace isogloss {

class HubCache {
 public:
  /// `root` is the cache of all repositories. Throws Error(kUsage) for a name or revision that no
  /// repository can have.
  HubCache(std::filesystem::path root, const HubRepo& repo);

  const std::filesystem::path& root() const { return root_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path snapshot(const std::string& commit) const;
  std::filesystem::path blob(const std::string& hash) const { return folder_ / "blobs" / hash; }
  std::filesystem::path lock_file(const std::string& hash) const;

  /// What the revision stood for when it was last asked for; a commit is itself.
  std::optional<std::string> known_commit() const;
  void remember_commit(const std::string& commit) const;

  std::optional<std::vector<HubFile>> known_files(const std::string& commit) const;
  void remember_files(const std::string& commit, const std::vector<HubFile>& files) const;
  /// The files of the snapshot that are there.
  std::vector<HubEntry> present_files(const std::string& commit) const;

  /// The hash in the name of the blob that a file of the snapshot links to; empty if the file is
  /// there without a link; nullopt if it is not there.
  std::optional<std::string> hash_of(const std::string& commit, const std::string& path) const;
  /// Makes snapshot/PATH a relative link to the blob.
  void link(const std::string& commit, const std::string& path, const std::string& hash) const;

  bool is_known_absent(const std::string& commit, const std::string& path) const;
  void remember_absent(const std::string& commit, const std::string& path) const;

  /// Makes the folders that a download needs, and marks the cache for programs that make backups.
  void prepare() const;

 private:
  std::filesystem::path root_;
  std::filesystem::path folder_;
  std::string revision_;
};

/// Held by whoever fetches a blob, in Python or here. Waits for another holder, with one warning;
/// where the file system has no locks, nobody is kept out.
class BlobLock {
 public:
  BlobLock(const std::filesystem::path& file, const RunControl& control);
  BlobLock(const BlobLock&) = delete;
  BlobLock& operator=(const BlobLock&) = delete;
  ~BlobLock();

 private:
  int descriptor_;
};

/// The hash of a file's content in the form of `like`: git's of a blob (40 digits) or SHA-256 (64).
std::string content_hash(const std::filesystem::path& file, const std::string& like);

}  // namespace isogloss

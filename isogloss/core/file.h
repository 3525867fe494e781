// Files as the stages need them: read as a whole, written completely or not at all, identified by
// content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace isogloss {

/// A file mapped read-only into memory. Movable; the mapping ends with the object. Throws
/// Error(kEnvironment) if the file is missing or unreadable. An empty file maps to an empty span.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Where the content of `path` is written before it gets that name: beside it, ending in ".part",
/// and no other process's.
std::filesystem::path part_path(const std::filesystem::path& path);

/// Removes the parts that writers which were killed left in `folder`. For whoever writes there
/// alone.
void remove_parts(const std::filesystem::path& folder);

/// Writes `content` to `path` so that a reader sees the old file or the whole new one: temporary
/// name, fsync, rename. Throws Error(kEnvironment), e.g. on a full disk, and removes the temporary.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The same, with the content of the file `from`.
void copy_file_atomically(const std::filesystem::path& from, const std::filesystem::path& path);

/// The second half of write_file_atomically, for writers that need their own path (Parquet): syncs
/// the complete file `part` and renames it to `path`.
void finish_file(const std::filesystem::path& part, const std::filesystem::path& path);

/// Lower-case hexadecimal SHA-256 of a file's bytes, or of `text`.
std::string sha256_of_file(const std::filesystem::path& path);
std::string sha256_of_text(std::string_view text);

/// sha256_of_file, remembered in `${XDG_CACHE_HOME:-~/.cache}/isogloss/hashes`, so that a large
/// model is hashed only once as long as its absolute path, size, inode, times and a sample of its
/// bytes stay the same. The first hash that a process adds also removes those of files that no
/// longer exist. Thread-safe.
std::string cached_sha256_of_file(const std::filesystem::path& path);

/// `${XDG_CACHE_HOME:-~/.cache}/isogloss`; not created.
std::filesystem::path cache_folder();

}  // namespace isogloss

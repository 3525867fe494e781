#include "isogloss/core/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

const char* remedy_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free some disk space and run it again";
    case ENOMEM:
      return "close other programs";
    case ENOENT:
      return "check the path";
    default:
      return "check the path and its permissions";
  }
}

[[noreturn]] void throw_errno(const std::filesystem::path& path, std::string_view action) {
  const int error = errno;
  throw Error(ErrorCode::kEnvironment, fmt::format("{}: cannot {}: {}; {}", path.string(), action,
                                                   std::strerror(error), remedy_for(error)));
}

class FileDescriptor {
 public:
  FileDescriptor(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

void write_all(const std::filesystem::path& path, std::string_view content) {
  const FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.get() < 0) throw_errno(path, "create the file");
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      throw_errno(path, "write");
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_file(const std::filesystem::path& path) {
  const FileDescriptor file(path, O_RDONLY);
  if (file.get() < 0 || ::fsync(file.get()) != 0) throw_errno(path, "write");
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const FileDescriptor file(path, O_RDONLY);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) throw_errno(path, "open");
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: not a regular file; check the path", path.string()));
  }
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* mapping = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapping == MAP_FAILED) throw_errno(path, "map");
  data_ = static_cast<const std::byte*>(mapping);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

std::filesystem::path part_path(const std::filesystem::path& path) {
  static const std::string kOwner = [] {
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    return fmt::format("{:08x}", static_cast<std::uint32_t>(std::hash<std::string_view>{}(host)));
  }();
  return fmt::format("{}.{}-{}.part", path.string(), kOwner, ::getpid());
}

void remove_parts(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".part" && entry.is_regular_file(ignored)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const auto part = part_path(path);
  try {
    write_all(part, content);
    finish_file(part, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw;
  }
}

void copy_file_atomically(const std::filesystem::path& from, const std::filesystem::path& path) {
  write_file_atomically(path, MappedFile(from).text());
}

void finish_file(const std::filesystem::path& part, const std::filesystem::path& path) {
  sync_file(part);
  if (std::rename(part.c_str(), path.c_str()) != 0) throw_errno(path, "rename to");
}

std::filesystem::path cache_folder() {
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != '\0') {
    return std::filesystem::path(xdg) / "isogloss";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    throw Error(ErrorCode::kEnvironment, "no cache folder: set HOME or XDG_CACHE_HOME");
  }
  return std::filesystem::path(home) / ".cache" / "isogloss";
}

}  // namespace isogloss

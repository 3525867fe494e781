#include "isogloss/corpus/text_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "isogloss/core/error.h"
#include "isogloss/corpus/unpack.h"

namespace isogloss {
namespace {

/// A temporary file, removed with the object.
class ScratchFile {
 public:
  ScratchFile() : path_(std::filesystem::temp_directory_path() / "isogloss-XXXXXX") {
    file_ = ::mkstemp(path_.data());
    if (file_ < 0) fail();
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    ::close(file_);
    ::unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n_written = ::write(file_, bytes.data(), bytes.size());
      if (n_written < 0) fail();
      bytes.remove_prefix(static_cast<std::size_t>(n_written));
    }
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(
        ErrorCode::kEnvironment,
        fmt::format("{}: cannot unpack a corpus there: {}; set TMPDIR to a folder with room", path_,
                    std::strerror(errno)));
  }

  std::string path_;
  int file_ = -1;
};

MappedFile open_text(const std::filesystem::path& path) {
  MappedFile packed(path);
  const auto unpack = find_unpacker(packed.text());
  if (unpack == nullptr) return packed;
  const auto limit = std::max(kSmallText, kMaxExpansion * packed.text().size());
  std::size_t size = 0;
  const ScratchFile scratch;
  unpack(packed.text(), path, [&](std::string_view bytes) {
    size += bytes.size();
    if (size > limit) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: grows to more than {} times its size, as text does not; unpack "
                              "it yourself if it is what you mean",
                              path.string(), kMaxExpansion));
    }
    scratch.write(bytes);
  });
  return MappedFile(scratch.path());
}

}  // namespace

TextFile::TextFile(const std::filesystem::path& path) : file_(open_text(path)) {}

std::string without_compression(const std::string& name) {
  for (const std::string_view ending : {".gz", ".bz2", ".zst", ".xz"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

}  // namespace isogloss

// A folder of the fuzzer's own, for parsers that take a path.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace isogloss {

class ScratchFolder {
 public:
  /// `kind` tells the folders of one process apart.
  explicit ScratchFolder(const std::string& kind = "fuzz")
      : path_(std::filesystem::temp_directory_path() /
              ("isogloss-" + kind + "-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const char* name, std::string_view content) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace isogloss

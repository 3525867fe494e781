// Any bytes as a folder of files that is a corpus: an Error or rows, nothing else. At each form
// feed a file begins; its first line is its name, which may lie in folders.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/fuzz/corpus_files.h"
#include "tests/fuzz/scratch_folder.h"

namespace {

namespace fs = std::filesystem;

/// Names that a file system would not take, and those that lead out of the folder, are passed over.
void write_file(const fs::path& folder, std::string_view name, std::string_view content) {
  const fs::path relative(name);
  if (name.find('\0') != std::string_view::npos || relative.is_absolute() ||
      std::ranges::find(relative, "..") != relative.end()) {
    return;
  }
  std::error_code refused;
  fs::create_directories((folder / relative).parent_path(), refused);
  std::ofstream(folder / relative, std::ios::binary) << content;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder scratch;
  const auto folder = scratch.path() / "c";
  fs::create_directory(folder);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const auto file = rest.substr(0, rest.find('\f'));
    const auto name = file.substr(0, file.find('\n'));
    write_file(folder, name, file.substr(std::min(name.size() + 1, file.size())));
    rest.remove_prefix(std::min(file.size() + 1, rest.size()));
  }
  isogloss::read_or_refuse(folder);
  fs::remove_all(folder);
  return 0;
}

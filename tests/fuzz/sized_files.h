// Files of an input that must be told apart although any byte may stand in them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string_view>

#include "tests/fuzz/scratch_folder.h"

namespace isogloss {

/// Writes the files `names` into `folder`. In `bytes` each but the last stands behind its size, an
/// integer of four bytes.
inline void write_sized_files(const ScratchFolder& folder, std::string_view bytes,
                              std::span<const char* const> names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto size = static_cast<std::uint32_t>(bytes.size());
    if (i + 1 < names.size() && bytes.size() >= sizeof size) {
      std::memcpy(&size, bytes.data(), sizeof size);
      bytes.remove_prefix(sizeof size);
    }
    const auto content = bytes.substr(0, size);
    bytes.remove_prefix(content.size());
    std::filesystem::create_directories((folder.path() / names[i]).parent_path());
    folder.write(names[i], content);
  }
}

}  // namespace isogloss

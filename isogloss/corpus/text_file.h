// Files of text, compressed or not.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "isogloss/core/file.h"

namespace isogloss {

/// The text of a file. One that gzip, bzip2, zstd or xz compressed, which its first bytes tell, is
/// unpacked into a temporary file that no longer has a name. Throws Error(kBadInput) if it is
/// damaged or cut short, or grows beyond kMaxExpansion times its size and kSmallText.
class TextFile {
 public:
  explicit TextFile(const std::filesystem::path& path);

  std::string_view text() const { return file_.text(); }

 private:
  MappedFile file_;
};

inline constexpr std::size_t kMaxExpansion = 200;
inline constexpr std::size_t kSmallText = std::size_t{64} << 20;

/// `name` without the ending that a compressed file has: "c.tsv" of "c.tsv.gz".
std::string without_compression(const std::string& name);

}  // namespace isogloss

// The formats of SAEs. Each is declared once: in a file of its own in formats/, and a row of
// formats.inc lists it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "isogloss/sae/sae.h"

namespace isogloss {

/// One of the files an SAE is made of.
struct SaeFile {
  std::string path;  ///< for messages
  std::span<const std::byte> bytes;
};

struct SaeFormat {
  std::string_view name;      ///< in manifests, in what `inspect` prints and in docs/sae-formats.md
  std::string_view accepted;  ///< what a user can name, for --help and messages
  /// The files in an SAE's folder, by their paths in it. A folder that holds them all is in this
  /// format.
  std::span<const std::string_view> file_names;
  /// Files that are read as well where they are there.
  std::span<const std::string_view> optional_file_names;
  /// A file with this extension, whatever it is called, is a whole SAE in this format. May be
  /// empty.
  std::string_view extension;
  /// Reads the files: those of `file_names` in order, then the optional ones that are there. Leaves
  /// Sae::format alone. Throws Error(kBadInput).
  Sae (*read)(std::span<const SaeFile> files);
};

/// The file of that name among the optional ones; null if it is not there.
const SaeFile* find_sae_file(std::span<const SaeFile> files, std::string_view name);

/// All formats, in the order in which they are tried and named.
std::span<const SaeFormat* const> sae_formats();

namespace sae_format {
#define ISOGLOSS_SAE_FORMAT(name) extern const SaeFormat name;
#include "isogloss/sae/formats.inc"
#undef ISOGLOSS_SAE_FORMAT
}  // namespace sae_format

}  // namespace isogloss

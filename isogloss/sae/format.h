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
  /// The files in an SAE's folder, by their names. A folder that holds the first is in this format.
  std::span<const std::string_view> file_names;
  /// A file with this extension, whatever it is called, is a whole SAE in this format. May be
  /// empty.
  std::string_view extension;
  /// Reads the files, in the order of `file_names`; leaves Sae::format alone. Throws
  /// Error(kBadInput).
  Sae (*read)(std::span<const SaeFile> files);
};

/// All formats, in the order in which they are tried and named.
std::span<const SaeFormat* const> sae_formats();

namespace sae_format {
#define ISOGLOSS_SAE_FORMAT(name) extern const SaeFormat name;
#include "isogloss/sae/formats.inc"
#undef ISOGLOSS_SAE_FORMAT
}  // namespace sae_format

}  // namespace isogloss

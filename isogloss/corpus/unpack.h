// Decompression of bytes in memory, piece by piece.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace isogloss {

using PieceSink = std::function<void(std::string_view)>;

/// Passes the unpacked bytes on in pieces. Throws Error(kBadInput) naming `path`.
using Unpacker = void (*)(std::string_view packed, const std::filesystem::path& path,
                          const PieceSink& sink);

/// The one for what the first bytes show: gzip, bzip2, zstd or xz. Null for anything else.
Unpacker find_unpacker(std::string_view packed);

}  // namespace isogloss

// Memory of weights that a run never reads.
#pragma once

#include <cstdint>
#include <filesystem>

namespace isogloss {

/// Gives back the resident pages of the blocks after `last_layer` in this process' mappings of the
/// GGUF file `path`: llama.cpp maps the whole file and reads all of it in, but evaluation stops at
/// the hook. The mapping stays, so a later read would only fetch the pages again. Best effort: does
/// nothing where the system does not list mappings (macOS) or the file is not mapped. `path` is a
/// file that inspect_gguf accepted.
void release_later_blocks(const std::filesystem::path& path, std::int32_t last_layer);

}  // namespace isogloss

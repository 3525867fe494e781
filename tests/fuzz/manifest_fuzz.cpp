// Any bytes as manifest.json: an Error or a manifest, nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "isogloss/core/error.h"
#include "isogloss/store/manifest.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder scratch;
  const isogloss::ResultFolder folder{scratch.path()};
  scratch.write("manifest.json", {reinterpret_cast<const char*>(data), size});
  try {
    isogloss::read_manifest(folder);
  } catch (const isogloss::Error&) {
  }
  return 0;
}

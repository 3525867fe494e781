// Any bytes as a corpus that is one file, called ISOGLOSS_FUZZED_FILE: an Error or rows, nothing
// else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/corpus_files.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  isogloss::read_or_refuse(
      folder.write(ISOGLOSS_FUZZED_FILE, {reinterpret_cast<const char*>(data), size}));
  return 0;
}

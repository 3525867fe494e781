// Any bytes as the two Parquet files of an import (sized_files.h): an Error or rows, nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/imported_rows.h"
#include "tests/fuzz/scratch_folder.h"
#include "tests/fuzz/sized_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  constexpr const char* kNames[] = {ISOGLOSS_FUZZED_FILES};
  isogloss::write_sized_files(folder, {reinterpret_cast<const char*>(data), size}, kNames);
  for (const bool count_padding : {false, true}) {
    isogloss::import_or_refuse(folder.path(), {.count_padding = count_padding});
  }
  return 0;
}

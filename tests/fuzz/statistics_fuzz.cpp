// Any bytes as statistics.json: an Error or thresholds and series, nothing else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/stats/statistics.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  const auto path = folder.write("statistics.json", {reinterpret_cast<const char*>(data), size});
  try {
    isogloss::read_statistics(path, std::vector<std::string>{"en", "es"});
  } catch (const isogloss::Error&) {
  }
  return 0;
}

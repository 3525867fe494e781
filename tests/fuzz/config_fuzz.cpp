// Any bytes as a configuration file: an Error or options that were named, nothing else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "isogloss/core/error.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  static const std::vector<std::string> known = {"model", "samples", "languages", "truncate"};
  const auto path = folder.write("run.toml", {reinterpret_cast<const char*>(data), size});
  try {
    for (const auto& word : isogloss::cli::words_of_config(path, known)) {
      if (!word.starts_with("--")) std::abort();
      const auto name = word.substr(2, word.find('=') - 2);
      if (std::find(known.begin(), known.end(), name) == known.end()) std::abort();
    }
  } catch (const isogloss::Error&) {
  }
  return 0;
}

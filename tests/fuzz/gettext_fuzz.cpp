// Any bytes, cut at form feeds, as a set of two catalogues: an Error or rows, nothing
// else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/corpus_files.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"de.po", "es.po"}) {
    const auto part = rest.substr(0, rest.find('\f'));
    folder.write(name, part);
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  isogloss::read_or_refuse(folder.path());
  return 0;
}

// Any bytes as an SAE's folder of settings and weights (up to the first zero byte, and after it):
// an Error or an SAE, nothing else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto& format = isogloss::sae_format::ISOGLOSS_FUZZED_FORMAT;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto length =
      static_cast<std::size_t>(std::ranges::find(bytes, std::byte{0}) - bytes.begin());
  const auto settings = bytes.first(length);
  const auto weights = bytes.subspan(std::min(length + 1, size));
  std::vector<isogloss::SaeFile> files;
  for (const auto& names : {format.file_names, format.optional_file_names}) {
    for (const auto name : names) {
      files.push_back({std::string(name), name.ends_with(".json") ? settings : weights});
    }
  }
  try {
    format.read(files);
  } catch (const isogloss::Error&) {
  }
  return 0;
}

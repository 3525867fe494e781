// Any bytes as a GGUF: an Error, or a description and the widths of its hook points, nothing else.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "isogloss/core/error.h"
#include "isogloss/model/gguf_header_internal.h"
#include "isogloss/model/hook_tensor_internal.h"

namespace {

void find_every_hook(std::span<const std::byte> bytes, const isogloss::ModelInfo& info) {
  const auto header = isogloss::read_gguf_header(bytes, "fuzz");
  for (const auto site : isogloss::hook_sites()) {
    const isogloss::HookPoint hook{info.n_layers - 1, site, std::string(to_string(site))};
    try {
      isogloss::find_hook_tensors(header, info, "fuzz", {&hook, 1});
    } catch (const isogloss::Error&) {
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    find_every_hook(bytes, isogloss::inspect_gguf_bytes(bytes, "fuzz"));
  } catch (const isogloss::Error&) {
  }
  return 0;
}

// Any bytes as a GGUF: an Error or a description, nothing else.
#include <cstddef>
#include <cstdint>
#include <span>

#include "isogloss/core/error.h"
#include "isogloss/model/gguf_header_internal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    isogloss::inspect_gguf_bytes(std::as_bytes(std::span(data, size)), "fuzz");
  } catch (const isogloss::Error&) {
  }
  return 0;
}

// Any bytes as params.npz: an Error or an SAE, nothing else.
#include <cstddef>
#include <cstdint>
#include <span>

#include "isogloss/core/error.h"
#include "isogloss/sae/formats_internal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto file = isogloss::open_npz(std::as_bytes(std::span(data, size)), "fuzz");
    for (const auto& tensor : file->tensors()) file->read(tensor);
    isogloss::read_gemma_scope(*file);
  } catch (const isogloss::Error&) {
  }
  return 0;
}

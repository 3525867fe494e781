// Any bytes as sae_weights.safetensors: an Error or an SAE, nothing else.
#include <cstddef>
#include <cstdint>
#include <span>

#include "isogloss/core/error.h"
#include "isogloss/sae/formats_internal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr const char* kConfig =
      R"({"architecture": "jumprelu", "d_in": 2, "d_sae": 3, "metadata": {"sae_lens_version": "6.0"}})";
  try {
    const auto file = isogloss::open_safetensors(std::as_bytes(std::span(data, size)), "fuzz");
    for (const auto& tensor : file->tensors()) file->read(tensor);
    isogloss::read_sae_lens(kConfig, "cfg.json", *file);
  } catch (const isogloss::Error&) {
  }
  return 0;
}

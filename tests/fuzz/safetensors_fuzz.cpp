// Any bytes as sae_weights.safetensors: an Error or an SAE, nothing else.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/tensor_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kConfig =
      R"({"architecture": "jumprelu", "d_in": 2, "d_sae": 3, "metadata": {"sae_lens_version": "6.0"}})";
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    const auto file = isogloss::open_safetensors(bytes, "fuzz");
    for (const auto& tensor : file->tensors()) file->read(tensor);
    const std::array<isogloss::SaeFile, 2> files = {
        {{"cfg.json", std::as_bytes(std::span(kConfig))}, {"fuzz", bytes}}};
    isogloss::sae_format::sae_lens.read(files);
  } catch (const isogloss::Error&) {
  }
  return 0;
}

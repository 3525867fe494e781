// Any bytes as SAELens' cfg.json, beside sound weights: an Error or an SAE, nothing else.
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Zeros for d_in 1 and d_sae 1.
  static const std::string weights = [] {
    std::string header = "{";
    std::size_t end = 0;
    for (const auto& [name, shape] :
         {std::pair("W_enc", "1,1"), std::pair("W_dec", "1,1"), std::pair("b_enc", "1"),
          std::pair("b_dec", "1"), std::pair("threshold", "1")}) {
      header += fmt::format(R"({}"{}":{{"dtype":"F32","shape":[{}],"data_offsets":[{},{}]}})",
                            end == 0 ? "" : ",", name, shape, end, end + 4);
      end += 4;
    }
    header += "}";
    std::string file(8, '\0');
    const auto length = static_cast<std::uint64_t>(header.size());
    std::memcpy(file.data(), &length, sizeof length);
    return file + header + std::string(end, '\0');
  }();
  const std::array<isogloss::SaeFile, 2> files = {
      {{"cfg.json", std::as_bytes(std::span(data, size))},
       {"fuzz", std::as_bytes(std::span(weights))}}};
  try {
    isogloss::sae_format::sae_lens.read(files);
  } catch (const isogloss::Error&) {
  }
  return 0;
}

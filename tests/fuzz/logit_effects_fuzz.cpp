// Any bytes as a GGUF whose vocabulary a direction moves: an Error or effects, nothing else.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/model/logit_effects.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  constexpr std::int32_t kMostWidth = 512;
  const auto path = folder.write("m.gguf", {reinterpret_cast<const char*>(data), size});
  try {
    const auto width = std::min(isogloss::inspect_gguf(path).d_model, kMostWidth);
    const std::vector<float> direction(static_cast<std::size_t>(width), 1.0F);
    const auto effects = isogloss::logit_effects(path, direction, width, 3, {});
    for (const auto& token : effects.front().promoted) {
      if (isogloss::find_invalid_utf8(token.piece)) std::abort();
    }
  } catch (const isogloss::Error&) {
  }
  return 0;
}

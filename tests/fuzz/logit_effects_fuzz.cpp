// Any bytes as a GGUF whose vocabulary a direction moves: an Error or effects, nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/model/logit_effects.h"
#include "tests/fuzz/scratch_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  constexpr std::int32_t kWidth = 2;
  const auto path = folder.write("m.gguf", {reinterpret_cast<const char*>(data), size});
  try {
    const auto effects =
        isogloss::logit_effects(path, std::vector<float>(kWidth, 1.0F), kWidth, 3, {});
    for (const auto& token : effects.front().promoted) {
      if (isogloss::find_invalid_utf8(token.piece)) std::abort();
    }
  } catch (const isogloss::Error&) {
  }
  return 0;
}

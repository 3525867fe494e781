// Any text as the name of a hook point: an Error, or a name that is understood as itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "isogloss/core/error.h"
#include "isogloss/model/hook_point.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto hook =
        isogloss::parse_hook_point(std::string_view(reinterpret_cast<const char*>(data), size));
    if (isogloss::parse_hook_point(hook.name).name != hook.name) std::abort();
  } catch (const isogloss::Error&) {
  }
  return 0;
}

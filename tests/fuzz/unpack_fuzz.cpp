// Any bytes as a compressed file: an Error, or text within the limit.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "isogloss/core/error.h"
#include "isogloss/corpus/text_file.h"
#include "isogloss/corpus/unpack.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view packed(reinterpret_cast<const char*>(data), size);
  const auto unpack = isogloss::find_unpacker(packed);
  if (unpack == nullptr) return 0;
  std::size_t n_bytes = 0;
  try {
    unpack(packed, "c.tsv.gz", [&](std::string_view piece) {
      n_bytes += piece.size();
      if (n_bytes > isogloss::kSmallText) {
        throw isogloss::Error(isogloss::ErrorCode::kBadInput, "too large");
      }
    });
  } catch (const isogloss::Error&) {
  }
  return 0;
}

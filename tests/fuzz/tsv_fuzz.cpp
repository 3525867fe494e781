// The TSV corpus reader on arbitrary bytes: it may refuse them, and nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/corpus/readers_internal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto languages = isogloss::tsv_languages(bytes, "fuzz");
    isogloss::read_tsv(bytes, "fuzz", languages, [&](const isogloss::RowView& row) {
      if (row.text.size() != languages.size()) std::abort();
      for (const auto text : row.text) {
        if (isogloss::find_invalid_utf8(text) || text.find('\n') != text.npos) std::abort();
      }
    });
  } catch (const isogloss::Error&) {
  }
  return 0;
}

// Any bytes as a dump of explanations: an Error or rows of sound text, nothing else.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/evidence/neuronpedia_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::int32_t kFeatures = 100;
  std::vector<isogloss::Explanation> rows;
  try {
    isogloss::append_explanations(text, "batch-0.jsonl", {"m", "0-res"}, kFeatures, rows);
  } catch (const isogloss::Error&) {
  }
  for (const auto& row : rows) {
    if (row.feature < 0 || row.feature >= kFeatures || row.description.empty()) std::abort();
    for (const auto& text_of_row : {row.description, row.method, row.model}) {
      if (isogloss::find_text_fault(text_of_row)) std::abort();
    }
  }
  return 0;
}

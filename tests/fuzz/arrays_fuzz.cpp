// Any bytes as one of the files of an import by language: an Error or rows, nothing else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/imported_rows.h"
#include "tests/fuzz/scratch_folder.h"

namespace {

constexpr std::string_view kSentences =
    R"({"id": 1, "tokens": ["<s>", "a"], "special_tokens_mask": [1, 0]})"
    "\n";

/// [2, 2] float32 ones as safetensors.
std::string activations() {
  const std::string header =
      R"({"activations":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})";
  std::string file(8, '\0');
  file[0] = static_cast<char>(header.size());
  file += header;
  for (int i = 0; i < 4; ++i) file.append("\x00\x00\x80\x3f", 4);
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder folder;
  const std::string_view fuzzed(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kFuzzed = ISOGLOSS_FUZZED_FILE;
  // Both languages are the same, so that what is accepted is joined too.
  for (const std::string language : {"en", "es"}) {
    folder.write((language + std::string(kFuzzed)).c_str(), fuzzed);
    if (kFuzzed == ".parquet") continue;
    if (kFuzzed != ".jsonl") folder.write((language + ".jsonl").c_str(), kSentences);
    if (kFuzzed == ".jsonl") folder.write((language + ".safetensors").c_str(), activations());
  }
  isogloss::import_or_refuse(folder.path());
  return 0;
}

// Any bytes as params.npz: an Error or an SAE, nothing else.
#include <cstddef>
#include <cstdint>
#include <span>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/tensor_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Its folders say what an SAE is of.
  const isogloss::SaeFile params{"gemma-scope-2b-pt-res/embedding/params.npz",
                                 std::as_bytes(std::span(data, size))};
  try {
    const auto file = isogloss::open_npz(params.bytes, params.path);
    for (const auto& tensor : file->tensors()) file->read(tensor);
    isogloss::sae_format::gemma_scope.read({&params, 1});
  } catch (const isogloss::Error&) {
  }
  return 0;
}

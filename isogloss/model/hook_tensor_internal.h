// Which tensor of llama.cpp's graph holds the rows of a hook point.
#pragma once

#include <ggml.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/model/gguf_header_internal.h"
#include "isogloss/model/hook_point.h"

namespace isogloss {

/// A tensor of the graph. llama.cpp names most of them; one without a name, or whose name others
/// have too, is known by what it is computed from.
struct GraphTensor {
  enum class Kind {
    kNamed,      ///< is called `name`
    kWeightsOf,  ///< is the result of applying the weights `name`
    kNormOf,     ///< is the RMSNorm, without weights, of the tensor called `name`
  };
  Kind kind = Kind::kNamed;
  std::string name;

  bool is(const ggml_tensor& tensor) const;
  bool operator==(const GraphTensor&) const = default;
};

struct HookTensor {
  GraphTensor tensor;
  std::int32_t width = 0;       ///< numbers per token
  std::int32_t last_block = 0;  ///< of those needed to compute it
};

/// The tensors of `hooks` in the model of that header; `name` is its file's, for messages. Throws
/// Error(kBadInput) for a hook point that the model lacks, or that llama.cpp does not compute as a
/// tensor of its own, and names those that are there.
std::vector<HookTensor> find_hook_tensors(const GgufHeader& header, const ModelInfo& info,
                                          std::string_view name, std::span<const HookPoint> hooks);

}  // namespace isogloss

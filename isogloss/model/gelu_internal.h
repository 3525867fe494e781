// GELU in float32.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <string_view>

#include "isogloss/model/node_call_internal.h"

namespace isogloss {

enum class GeluForm { kTanh, kErf };

/// out[i] = gelu(x[i]) · gate[i] for `n` numbers; without a gate if it is null. For any processor.
void gelu_portable(GeluForm form, const float* x, const float* gate, std::size_t n, float* out);
/// The same bits where has_avx2() or widest_vectors().
void gelu_avx2(GeluForm form, const float* x, const float* gate, std::size_t n, float* out);
void gelu_wide(GeluForm form, const float* x, const float* gate, std::size_t n, float* out);

/// Takes nodes with the tanh form of GELU over before ggml computes them, alone or with a gate
/// (GEGLU). ggml looks both up in a table of float16 numbers; this computes them in float32.
///
/// Must outlive the graphs of which it took nodes.
class Gelu {
 public:
  /// Of a model of that architecture. llama.cpp computes the tanh form for GPT-NeoX (Pythia) too,
  /// which transformers and TransformerLens compute with erf, as it was trained; so does this.
  explicit Gelu(std::string_view architecture);
  Gelu(const Gelu&) = delete;

  /// Takes `node` over if it is one, of float32 rows in ordinary memory.
  void take_over(ggml_tensor& node) const noexcept;

 private:
  NodeCall call_;
};

}  // namespace isogloss

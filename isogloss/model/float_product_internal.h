// Products in float32 with the dequantised weights.
// Included by the .cpp files of the model stage, which link ggml.
#pragma once

#include <ggml.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "isogloss/model/float_kernel_internal.h"
#include "isogloss/model/node_call_internal.h"

namespace isogloss {

/// Takes products of a ggml graph over for which ggml would round the activations to the weights'
/// precision: to 8 bits for quantised weights, to float16 or bfloat16 for such weights. Here
/// weights become float32, a few rows at a time, and activations stay as they are. No bit of a
/// token's result depends on the other tokens, on the number of threads or on the processor.
///
/// Must outlive the graphs of which it took nodes, which must run one at a time.
class FloatProduct {
 public:
  /// For graphs run by at most `n_threads` threads.
  explicit FloatProduct(std::int32_t n_threads);
  FloatProduct(const FloatProduct&) = delete;

  /// Whether `node` is a product of weights that are not float32, by themselves or chosen among
  /// experts, with float32 activations, both in ordinary memory.
  static bool suits(const ggml_tensor& node);

  /// Takes `node` over if it suits.
  void take_over(ggml_tensor& node) const noexcept;

  /// How long the first thread has computed so far.
  double seconds() const { return seconds_; }

 private:
  /// Of 16 rows of weights each, which a thread multiplies at once.
  static constexpr std::size_t kPanels = 4;

  void compute(ggml_tensor& node, std::int64_t thread, std::int64_t n_threads);
  static void multiply_rows(ggml_tensor& node, std::int64_t matrix, std::size_t first_row,
                            FloatPanel* panels);

  std::vector<std::array<FloatPanel, kPanels>> panels_;  ///< one per thread
  double seconds_ = 0;
  NodeCall call_;
};

}  // namespace isogloss

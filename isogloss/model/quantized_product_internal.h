// Products of quantised weights with float32 activations, faster than ggml's.
// Included by the .cpp files of the model stage, which link ggml.
#pragma once

#include <ggml.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "isogloss/model/node_call_internal.h"
#include "isogloss/quantized/kernel.h"

namespace isogloss {

/// Takes nodes of a ggml graph over before ggml computes them: ggml's own threads then call this
/// object instead of ggml's product. Activations are quantised to 8 bits with a scale for 32
/// numbers. No bit of a token's result depends on the other tokens, on the number of threads or on
/// the processor. Why and how well: docs/decisions/0008-q8-product.md.
///
/// Must outlive the graphs of which it took nodes, which must run one at a time.
class QuantizedProduct {
 public:
  /// For graphs run by at most `n_threads` threads.
  explicit QuantizedProduct(std::int32_t n_threads, const KernelSet* kernels = best_kernels());
  QuantizedProduct(const QuantizedProduct&) = delete;

  /// Whether kernels suit the processor and ggml computes on nothing else.
  static bool is_available();

  /// Whether `node` is a product [n_tokens, width] · [n_rows, width]ᵀ at which this is faster:
  /// quantised weights and float32 activations, each contiguous in ordinary memory.
  static bool suits(const ggml_tensor& node);

  /// Takes `node` over if it suits and there are kernels. Without enough memory it leaves the node
  /// to ggml and lacked_memory() says so.
  void take_over(ggml_tensor& node) noexcept;

  /// Whether a node was left to ggml for want of memory, so that its last bits differ.
  bool lacked_memory() const { return lacked_memory_; }

  /// How long the first thread has computed so far.
  double seconds() const { return seconds_; }

 private:
  using Panel = std::vector<PackedWeights>;  ///< [n_blocks]

  void reserve(const ggml_tensor& node);
  void compute(ggml_tensor& node, std::size_t thread, std::size_t n_threads);
  void quantise(const ggml_tensor& node, std::size_t thread, std::size_t n_threads);
  void multiply(ggml_tensor& node, Panel& panel);
  void wait_for_all(std::size_t n_threads);

  const KernelSet* kernels_;
  std::vector<PackedActivations> tiles_;  ///< [n_tiles, n_blocks]
  std::vector<Panel> panels_;             ///< one per thread
  double seconds_ = 0;
  NodeCall call_;
  bool lacked_memory_ = false;

  std::atomic<std::size_t> next_panel_ = 0;
  std::atomic<std::size_t> n_waiting_ = 0;
  std::atomic<int> round_ = 0;  ///< how often all threads have met in wait_for_all()
};

}  // namespace isogloss
